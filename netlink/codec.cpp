// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/codec.hpp"

#include <algorithm>
#include <cstddef>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

namespace mwan::netlink {
namespace {

// Not in <net/if.h>, and <linux/if.h> collides with it.
constexpr unsigned kLowerUp = 1U << 16U;  // IFF_LOWER_UP

template <class Header>
Header header_of(const nlmsghdr& message) {
  Header out;
  std::memcpy(&out, nlmsg_data(const_cast<nlmsghdr*>(&message)), sizeof out);
  return out;
}

std::optional<IpFamily> ip_family(unsigned char family) {
  if (family == AF_INET) return IpFamily::V4;
  if (family == AF_INET6) return IpFamily::V6;
  return std::nullopt;
}

IpAddress unspecified(IpFamily family) {
  return IpAddress::parse(family == IpFamily::V4 ? "0.0.0.0" : "::").value_or(IpAddress());
}

// The prefix of an address attribute, "anything" where it is absent; nothing where the message
// contradicts itself.
std::optional<IpPrefix> prefix_of(const Attributes& attributes, int type, IpFamily family,
                                  unsigned length) {
  if (length > (family == IpFamily::V4 ? 32U : 128U)) return std::nullopt;
  const auto address = attributes.has(type) ? attributes.address(type) : unspecified(family);
  if (!address || address->family() != family) return std::nullopt;
  return IpPrefix{*address, static_cast<std::uint8_t>(length)};
}

RouteType type_of(unsigned char kernel) {
  switch (kernel) {
    case RTN_UNICAST:
      return RouteType::Unicast;
    case RTN_LOCAL:
      return RouteType::Local;
    case RTN_BROADCAST:
      return RouteType::Broadcast;
    case RTN_MULTICAST:
      return RouteType::Multicast;
    case RTN_UNREACHABLE:
      return RouteType::Unreachable;
    case RTN_BLACKHOLE:
      return RouteType::Blackhole;
    default:
      return RouteType::Other;
  }
}

unsigned char type_of(RouteType type) {
  switch (type) {
    case RouteType::Unicast:
      return RTN_UNICAST;
    case RouteType::Local:
      return RTN_LOCAL;
    case RouteType::Broadcast:
      return RTN_BROADCAST;
    case RouteType::Multicast:
      return RTN_MULTICAST;
    case RouteType::Unreachable:
      return RTN_UNREACHABLE;
    case RouteType::Blackhole:
      return RTN_BLACKHOLE;
    case RouteType::Other:
      break;
  }
  return RTN_UNSPEC;
}

// How far away the kernel has to think the destination is: it refuses a gateway with link scope,
// and an on-link destination is only usable as a gateway's with it (fib_semantics.c).
unsigned char scope_of(const Route& route) {
  if (route.family() == IpFamily::V6 || route.gateway) return RT_SCOPE_UNIVERSE;
  switch (route.type) {
    case RouteType::Unicast:
    case RouteType::Broadcast:
    case RouteType::Multicast:
      return RT_SCOPE_LINK;
    case RouteType::Local:
      return RT_SCOPE_HOST;
    default:
      return RT_SCOPE_UNIVERSE;
  }
}

}  // namespace

fact::Nud nud_of(std::uint16_t kernel_state) {
  switch (kernel_state) {
    case NUD_REACHABLE:
    case NUD_PERMANENT:
    case NUD_NOARP:
      return fact::Nud::Reachable;
    case NUD_STALE:
    case NUD_DELAY:
      return fact::Nud::Stale;  // DELAY: traffic was sent, no doubt yet
    case NUD_PROBE:
    case NUD_INCOMPLETE:
      return fact::Nud::Probing;
    case NUD_FAILED:
      return fact::Nud::Failed;
    default:
      return fact::Nud::Unknown;
  }
}

std::optional<LinkInfo> parse_link(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(ifinfomsg), IFLA_MAX);
  if (!attributes) return std::nullopt;
  const auto header = header_of<ifinfomsg>(message);
  // AF_BRIDGE messages speak of a bridge port, not of the device.
  if (header.ifi_family != AF_UNSPEC || header.ifi_index <= 0) return std::nullopt;
  LinkInfo out;
  out.index = static_cast<std::uint32_t>(header.ifi_index);
  out.name = attributes->string(IFLA_IFNAME);
  if (!valid_netdev_name(out.name)) return std::nullopt;
  out.mtu = attributes->u32(IFLA_MTU).value_or(0);
  out.admin_up = (header.ifi_flags & IFF_UP) != 0;
  out.carrier = (header.ifi_flags & kLowerUp) != 0;
  out.no_arp = (header.ifi_flags & (IFF_NOARP | IFF_POINTOPOINT)) != 0;
  return out;
}

std::optional<Address> parse_address(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(ifaddrmsg), IFA_MAX);
  if (!attributes) return std::nullopt;
  const auto header = header_of<ifaddrmsg>(message);
  const auto family = ip_family(header.ifa_family);
  if (!family) return std::nullopt;
  // With a peer, IFA_ADDRESS is the far end and IFA_LOCAL is ours.
  const int type = attributes->has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS;
  const auto prefix = prefix_of(*attributes, type, *family, header.ifa_prefixlen);
  if (!prefix || !attributes->has(type)) return std::nullopt;
  const std::uint32_t flags = attributes->u32(IFA_FLAGS).value_or(header.ifa_flags);
  return Address{
      .ifindex = header.ifa_index, .prefix = *prefix, .tentative = (flags & IFA_F_TENTATIVE) != 0};
}

std::optional<Route> parse_route(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(rtmsg), RTA_MAX);
  if (!attributes) return std::nullopt;
  const auto header = header_of<rtmsg>(message);
  const auto family = ip_family(header.rtm_family);
  // A cloned route is a cache entry of the kernel, not configuration.
  if (!family || (header.rtm_flags & RTM_F_CLONED) != 0) return std::nullopt;
  const auto destination = prefix_of(*attributes, RTA_DST, *family, header.rtm_dst_len);
  if (!destination) return std::nullopt;
  Route out;
  out.destination = *destination;
  out.gateway = attributes->address(RTA_GATEWAY);
  out.ifindex = attributes->u32(RTA_OIF).value_or(0);
  out.table = attributes->u32(RTA_TABLE).value_or(header.rtm_table);
  out.metric = attributes->u32(RTA_PRIORITY).value_or(0);
  out.source = attributes->address(RTA_PREFSRC);
  out.protocol = header.rtm_protocol;
  out.type = type_of(header.rtm_type);
  out.tos = header.rtm_tos;
  out.on_link = (header.rtm_flags & RTNH_F_ONLINK) != 0;
  return out;
}

std::optional<Rule> parse_rule(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(fib_rule_hdr), FRA_MAX);
  if (!attributes) return std::nullopt;
  const auto header = header_of<fib_rule_hdr>(message);
  const auto family = ip_family(header.family);
  if (!family) return std::nullopt;
  Rule out;
  out.family = *family;
  out.priority = attributes->u32(FRA_PRIORITY).value_or(0);
  if (header.src_len != 0) {
    out.source = prefix_of(*attributes, FRA_SRC, *family, header.src_len);
    if (!out.source) return std::nullopt;
  }
  out.mark = attributes->u32(FRA_FWMARK);
  if (out.mark) out.mark_mask = attributes->u32(FRA_FWMASK).value_or(0xffffffff);
  out.oif = attributes->string(FRA_OIFNAME);
  out.table = attributes->u32(FRA_TABLE).value_or(header.table);
  // All ones is the kernel's "not set".
  const auto suppress = attributes->u32(FRA_SUPPRESS_PREFIXLEN);
  if (suppress && *suppress != 0xffffffff) out.suppress_prefix_length = suppress;
  out.protocol = attributes->value<std::uint8_t>(FRA_PROTOCOL).value_or(0);
  return out;
}

std::optional<Neighbour> parse_neighbour(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(ndmsg), NDA_MAX);
  if (!attributes) return std::nullopt;
  const auto header = header_of<ndmsg>(message);
  const auto address = attributes->address(NDA_DST);
  if (!ip_family(header.ndm_family) || !address || header.ndm_ifindex <= 0) return std::nullopt;
  if ((header.ndm_flags & NTF_PROXY) != 0) return std::nullopt;
  return Neighbour{.ifindex = static_cast<std::uint32_t>(header.ndm_ifindex),
                   .address = *address,
                   .state = nud_of(header.ndm_state)};
}

std::optional<NetdevCounters> parse_counters(const nlmsghdr& message) {
  const auto attributes = Attributes::of(message, sizeof(if_stats_msg), IFLA_STATS_MAX);
  if (!attributes) return std::nullopt;
  // Newer kernels append members: what is there is copied, what is not stays zero.
  rtnl_link_stats64 stats{};
  const auto raw = attributes->bytes(IFLA_STATS_LINK_64);
  if (raw.size() < offsetof(rtnl_link_stats64, multicast)) return std::nullopt;
  std::memcpy(&stats, raw.data(), std::min(raw.size(), sizeof stats));
  return NetdevCounters{.tx_packets = stats.tx_packets,
                        .tx_errors = stats.tx_errors,
                        .tx_dropped = stats.tx_dropped,
                        .rx_packets = stats.rx_packets,
                        .rx_errors = stats.rx_errors};
}

Message address_message(int type, int flags, const Address& address) {
  ifaddrmsg header{};
  const auto family = address.prefix.address.family();
  header.ifa_family = address_family(family);
  header.ifa_prefixlen = address.prefix.length;
  header.ifa_index = address.ifindex;
  // Our addresses come from a bearer, a lease or an administrator, or are one of 2^64 that we drew
  // for a router's prefix (hal/ra/stable_address.hpp), and a failover cannot wait the second that
  // IPv6 duplicate address detection takes, in which the address cannot be used.
  if (family == IpFamily::V6) header.ifa_flags = IFA_F_NODAD;
  Message out(type, flags, header);
  out.put(IFA_LOCAL, address.prefix.address);
  out.put(IFA_ADDRESS, address.prefix.address);
  return out;
}

Message route_message(int type, int flags, const Route& route) {
  rtmsg header{};
  header.rtm_family = address_family(route.family());
  header.rtm_dst_len = route.destination.length;
  header.rtm_tos = route.tos;
  header.rtm_table =
      route.table < 256 ? static_cast<std::uint8_t>(route.table) : std::uint8_t{RT_TABLE_UNSPEC};
  header.rtm_protocol = route.protocol;
  // For a deletion "nowhere" is the kernel's word for "whatever the scope".
  header.rtm_scope = type == RTM_DELROUTE ? std::uint8_t{RT_SCOPE_NOWHERE} : scope_of(route);
  header.rtm_type = type_of(route.type);
  if (route.on_link) header.rtm_flags |= RTNH_F_ONLINK;
  Message out(type, flags, header);
  if (route.destination.length != 0) out.put(RTA_DST, route.destination.address);
  if (route.gateway) out.put(RTA_GATEWAY, *route.gateway);
  if (route.ifindex != 0) out.put_u32(RTA_OIF, route.ifindex);
  out.put_u32(RTA_TABLE, route.table);
  if (route.metric != 0) out.put_u32(RTA_PRIORITY, route.metric);
  if (route.source) out.put(RTA_PREFSRC, *route.source);
  return out;
}

Message rule_message(int type, int flags, const Rule& rule) {
  fib_rule_hdr header{};
  header.family = address_family(rule.family);
  header.src_len = rule.source ? rule.source->length : 0;
  header.table =
      rule.table < 256 ? static_cast<std::uint8_t>(rule.table) : std::uint8_t{RT_TABLE_UNSPEC};
  header.action = FR_ACT_TO_TBL;
  Message out(type, flags, header);
  out.put_u32(FRA_PRIORITY, rule.priority);
  out.put_u32(FRA_TABLE, rule.table);
  if (rule.source) out.put(FRA_SRC, rule.source->address);
  if (rule.mark) {
    out.put_u32(FRA_FWMARK, *rule.mark);
    out.put_u32(FRA_FWMASK, rule.mark_mask);
  }
  if (!rule.oif.empty()) out.put_string(FRA_OIFNAME, rule.oif.c_str());
  if (rule.suppress_prefix_length) {
    out.put_u32(FRA_SUPPRESS_PREFIXLEN, *rule.suppress_prefix_length);
  }
  out.put_u8(FRA_PROTOCOL, rule.protocol);
  return out;
}

}  // namespace mwan::netlink
