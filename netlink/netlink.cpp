// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/netlink.hpp"

#include <algorithm>
#include <cerrno>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "netlink/codec.hpp"

namespace mwan::netlink {
namespace {

tl::unexpected<Error> refused(const KernelError& error, const std::string& what) {
  return failed(failure_class(error), what, explain(error));
}

// Collects what parse() makes of each object of a dump.
template <class T, class Parse>
Result<std::vector<T>> collect(RequestSocket& socket, const Message& request, Parse parse,
                               const char* what) {
  std::vector<T> out;
  const auto answer = socket.dump(request, [&](const nlmsghdr& message) {
    if (auto object = parse(message)) out.push_back(std::move(*object));
  });
  if (!answer) return refused(answer.error(), what);
  return out;
}

// Success that changed nothing, where the kernel's answer only says "it is so already".
Result<bool> changed_unless(const Answer& answer, std::initializer_list<int> already,
                            const std::function<std::string()>& what) {
  if (answer) return true;
  if (std::ranges::find(already, answer.error().code) != already.end()) return false;
  return refused(answer.error(), what());
}

}  // namespace

Result<Netlink> Netlink::open() {
  auto socket = RequestSocket::open();
  if (!socket) return failed(socket.error());
  return Netlink(std::move(*socket));
}

Result<std::vector<LinkInfo>> Netlink::links() {
  ifinfomsg header{};
  Message request(RTM_GETLINK, NLM_F_DUMP, header);
  request.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  return collect<LinkInfo>(socket_, request, parse_link, "list of network devices");
}

Result<LinkInfo> Netlink::link(const std::string& netdev) {
  auto all = links();
  if (!all) return failed(all.error());
  for (auto& link : *all) {
    if (link.name == netdev) return std::move(link);
  }
  return failed(FailureClass::Gone, "network device " + netdev, "there is none of this name");
}

Result<std::vector<Address>> Netlink::addresses() {
  return collect<Address>(socket_, Message(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}), parse_address,
                          "list of addresses");
}

Result<std::vector<Rule>> Netlink::rules() {
  return collect<Rule>(socket_, Message(RTM_GETRULE, NLM_F_DUMP, fib_rule_hdr{}), parse_rule,
                       "list of routing rules");
}

Result<std::vector<Neighbour>> Netlink::neighbours() {
  return collect<Neighbour>(socket_, Message(RTM_GETNEIGH, NLM_F_DUMP, ndmsg{}), parse_neighbour,
                            "list of neighbours");
}

Result<NetdevCounters> Netlink::counters(std::uint32_t ifindex) {
  if_stats_msg header{};
  header.ifindex = ifindex;
  header.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  std::optional<NetdevCounters> out;
  const auto answer = socket_.dump(Message(RTM_GETSTATS, 0, header),
                                   [&](const nlmsghdr& message) { out = parse_counters(message); });
  const auto what = [ifindex] { return "counters of network device #" + std::to_string(ifindex); };
  if (!answer) return refused(answer.error(), what());
  if (!out) return failed(FailureClass::Gone, what(), "the kernel told none");
  return *out;
}

// The kernel asks at once in NUD_PROBE, whatever it believed before, but that state needs an entry
// with a hardware address (neigh_update). Without one, NTF_USE is what a packet to it would do.
Status Netlink::confirm_neighbour(std::uint32_t ifindex, const IpAddress& address) {
  ndmsg header{};
  header.ndm_family = address_family(address.family());
  header.ndm_ifindex = static_cast<int>(ifindex);
  header.ndm_state = NUD_PROBE;
  Message known(RTM_NEWNEIGH, NLM_F_REPLACE, header);
  known.put(NDA_DST, address);
  auto answer = socket_.transact(known);
  if (!answer && (answer.error().code == ENOENT || answer.error().code == EINVAL)) {
    header.ndm_state = 0;
    header.ndm_flags = NTF_USE;
    Message unknown(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header);
    unknown.put(NDA_DST, address);
    answer = socket_.transact(unknown);
  }
  if (!answer) return refused(answer.error(), "asking neighbour " + address.text());
  return {};
}

Status Netlink::dump_routes(IpFamily family, std::optional<std::uint32_t> table,
                            const std::function<void(const nlmsghdr&, const Route&)>& call) {
  rtmsg header{};
  header.rtm_family = address_family(family);
  Message request(RTM_GETROUTE, NLM_F_DUMP, header);
  if (table) request.put_u32(RTA_TABLE, *table);
  const auto answer = socket_.dump(request, [&](const nlmsghdr& message) {
    auto route = parse_route(message);
    // An older kernel ignores the wish for one table.
    if (route && (!table || route->table == *table)) call(message, *route);
  });
  // ENOENT: no such table yet. EAFNOSUPPORT: IPv6 is not in this kernel.
  if (!answer && answer.error().code != ENOENT && answer.error().code != EAFNOSUPPORT) {
    return refused(answer.error(), "list of routes");
  }
  return {};
}

Result<std::vector<Route>> Netlink::routes(std::optional<std::uint32_t> table) {
  std::vector<Route> out;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const auto status = dump_routes(
        family, table, [&](const nlmsghdr&, const Route& route) { out.push_back(route); });
    if (!status) return failed(status.error());
  }
  return out;
}

Result<std::vector<Route>> Netlink::routes(std::uint32_t table, IpFamily family) {
  std::vector<Route> out;
  const auto status = dump_routes(
      family, table, [&](const nlmsghdr&, const Route& route) { out.push_back(route); });
  if (!status) return failed(status.error());
  return out;
}

Result<std::vector<RawRoute>> Netlink::raw_routes(std::uint32_t table, IpFamily family) {
  std::vector<RawRoute> out;
  const auto status = dump_routes(family, table, [&](const nlmsghdr& message, const Route& route) {
    const auto* data =
        static_cast<const std::uint8_t*>(nlmsg_data(const_cast<nlmsghdr*>(&message)));
    out.push_back({route, {data, data + nlmsg_datalen(&message)}});
  });
  if (!status) return failed(status.error());
  return out;
}

Status Netlink::change_link(const LinkInfo& link, const std::string& what, unsigned flags,
                            unsigned mask, const std::function<void(Message&)>& fill) {
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(link.index);
  header.ifi_flags = flags;
  header.ifi_change = mask;
  Message request(RTM_NEWLINK, 0, header);
  if (fill) fill(request);
  const auto answer = socket_.transact(request);
  if (!answer) return refused(answer.error(), what + " of " + link.name);
  return {};
}

Status Netlink::set_admin(const LinkInfo& link, bool up) {
  return change_link(link, up ? "setting up" : "setting down", up ? IFF_UP : 0, IFF_UP, nullptr);
}

Status Netlink::set_mtu(const LinkInfo& link, std::uint32_t mtu) {
  return change_link(link, "setting MTU " + std::to_string(mtu), 0, 0,
                     [mtu](Message& request) { request.put_u32(IFLA_MTU, mtu); });
}

Result<bool> Netlink::promotes_secondaries(const LinkInfo& link) {
  std::optional<bool> found;
  // A dump, because the answer of a plain request is followed by no end mark.
  const auto answer =
      socket_.dump(Message(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{}), [&](const nlmsghdr& message) {
        const auto info = parse_link(message);
        if (!info || info->index != link.index) return;
        const auto attributes = Attributes::of(message, sizeof(ifinfomsg), IFLA_MAX);
        const auto families = attributes->nested(IFLA_AF_SPEC, AF_INET);
        if (!families) return;
        const auto inet = families->nested(AF_INET, IFLA_INET_MAX);
        if (!inet) return;
        // An array of 32-bit settings, the first being number 1.
        const auto conf = inet->bytes(IFLA_INET_CONF);
        constexpr std::size_t kAt = (IPV4_DEVCONF_PROMOTE_SECONDARIES - 1) * sizeof(std::uint32_t);
        if (conf.size() < kAt + sizeof(std::uint32_t)) return;
        std::uint32_t value = 0;
        std::memcpy(&value, conf.data() + kAt, sizeof value);
        found = value != 0;
      });
  if (!answer) return refused(answer.error(), "reading promote_secondaries of " + link.name);
  return found.value_or(false);
}

Status Netlink::set_promote_secondaries(const LinkInfo& link, bool on) {
  return change_link(link, "setting promote_secondaries", 0, 0, [on](Message& request) {
    nlattr* families = request.nest(IFLA_AF_SPEC);
    nlattr* inet = request.nest(AF_INET);
    nlattr* conf = request.nest(IFLA_INET_CONF);
    request.put_u32(IPV4_DEVCONF_PROMOTE_SECONDARIES, on ? 1 : 0);
    request.nest_end(conf);
    request.nest_end(inet);
    request.nest_end(families);
  });
}

Result<bool> Netlink::add_address(const LinkInfo& link, const IpPrefix& address) {
  const auto answer = socket_.transact(address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                                                       {.ifindex = link.index, .prefix = address}));
  return changed_unless(answer, {EEXIST},
                        [&] { return "adding address " + address.text() + " to " + link.name; });
}

Status Netlink::hold_address(const LinkInfo& link, const IpPrefix& address) {
  const auto answer = socket_.transact(
      address_message(RTM_NEWADDR, NLM_F_REPLACE, {.ifindex = link.index, .prefix = address}));
  if (answer) return {};
  return refused(answer.error(), "keeping address " + address.text() + " of " + link.name);
}

Result<bool> Netlink::delete_address(const LinkInfo& link, const IpPrefix& address) {
  const auto answer =
      socket_.transact(address_message(RTM_DELADDR, 0, {.ifindex = link.index, .prefix = address}));
  return changed_unless(answer, {EADDRNOTAVAIL, ENODEV, ENXIO}, [&] {
    return "deleting address " + address.text() + " from " + link.name;
  });
}

Result<bool> Netlink::add_route(const Route& route) {
  const auto answer =
      socket_.transact(route_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route));
  if (!answer && answer.error().code == EEXIST) return false;
  if (!answer) return refused(answer.error(), "route " + describe(route));
  return true;
}

Status Netlink::replace_route(const Route& route) {
  const auto answer =
      socket_.transact(route_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route));
  if (!answer) return refused(answer.error(), "route " + describe(route));
  return {};
}

Status Netlink::put_raw_route(const RawRoute& route, int flags) {
  const auto answer =
      socket_.transact(Message(RTM_NEWROUTE, NLM_F_CREATE | flags, std::span(route.payload)));
  if (!answer) return refused(answer.error(), "route " + describe(route.route));
  return {};
}

Result<bool> Netlink::delete_route(const Route& route) {
  const auto answer = socket_.transact(route_message(RTM_DELROUTE, 0, route));
  return changed_unless(answer, {ESRCH, ENODEV, ENOENT},
                        [&] { return "deleting route " + describe(route); });
}

Result<bool> Netlink::add_rule(const Rule& rule) {
  // Kernels before 4.19 take a second equal rule without a word, so look first.
  const auto present = rules();
  if (!present) return failed(present.error());
  if (std::ranges::find(*present, rule) != present->end()) return false;
  const auto answer = socket_.transact(rule_message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, rule));
  return changed_unless(answer, {EEXIST}, [&] { return "adding rule " + text(rule); });
}

Result<bool> Netlink::delete_rule(const Rule& rule) {
  const auto answer = socket_.transact(rule_message(RTM_DELRULE, 0, rule));
  return changed_unless(answer, {ENOENT, ESRCH, EAFNOSUPPORT},
                        [&] { return "deleting rule " + text(rule); });
}

Result<std::size_t> Netlink::flush_ours(std::optional<std::uint32_t> table) {
  const auto present = routes(table);
  if (!present) return failed(present.error());
  std::size_t count = 0;
  for (const Route& route : *present) {
    if (route.protocol != kRouteProtocol) continue;
    const auto deleted = delete_route(route);
    if (!deleted) return failed(deleted.error());
    if (*deleted) ++count;
  }
  return count;
}

std::string Netlink::name_of(std::uint32_t ifindex) {
  if (ifindex == 0) return {};
  if (const auto all = links()) {
    for (const auto& link : *all) {
      if (link.index == ifindex) return link.name;
    }
  }
  return "#" + std::to_string(ifindex);
}

std::string Netlink::describe(const Route& route) { return text(route, name_of(route.ifindex)); }

}  // namespace mwan::netlink
