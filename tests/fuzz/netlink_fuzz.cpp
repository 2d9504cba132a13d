// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages of the kernel: the first byte chooses the kind, the rest comes after the header.
#include <cstring>
#include <vector>

#include <linux/rtnetlink.h>

#include "netlink/codec.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::netlink;

bool fits(const IpPrefix& prefix) {
  return prefix.length <= (prefix.address.family() == IpFamily::V4 ? 32 : 128);
}

// The kernel names no address with a length of zero, and neither do we.
bool usual(const IpPrefix& prefix) { return prefix.length != 0 || prefix.address.is_unspecified(); }

void look(const Route& route) {
  require(fits(route.destination), "a prefix fits its family");
  if (route.type == RouteType::Other || !usual(route.destination)) return;
  const auto again = parse_route(route_message(RTM_NEWROUTE, 0, route).header());
  require(again == route, "a route comes back as it was");
}
void look(const Rule& rule) {
  if (rule.source) require(fits(*rule.source), "a prefix fits its family");
  static_cast<void>(rule_message(RTM_NEWRULE, 0, rule));
}
void look(const Address& address) {
  require(fits(address.prefix), "a prefix fits its family");
  const auto again = parse_address(address_message(RTM_NEWADDR, 0, address).header());
  require(again && again->prefix == address.prefix && again->ifindex == address.ifindex,
          "an address comes back as it was");
}
void look(const LinkInfo& link) {
  require(link.index > 0 && valid_netdev_name(link.name), "a link has a number and a name");
}
void look(const Neighbour& neighbour) {
  require(neighbour.ifindex > 0, "a neighbour is somewhere");
}

void look(const NetdevCounters& counters) { require(continues(counters, counters), "a device's"); }

template <class T>
void look(const std::optional<T>& value) {
  if (value) look(*value);
}

}  // namespace

void take(ByteView input) {
  const std::uint8_t chosen = take_byte(input);
  // Exactly as long as it says, so that the sanitizer sees every byte read beyond it.
  std::vector<std::uint8_t> storage(NLMSG_HDRLEN + input.size());
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(storage.size());
  std::memcpy(storage.data(), &header, sizeof header);
  std::copy(input.begin(), input.end(), storage.begin() + NLMSG_HDRLEN);
  const auto& message = *reinterpret_cast<const nlmsghdr*>(storage.data());
  switch (chosen % 6) {
    case 0:
      return look(parse_link(message));
    case 1:
      return look(parse_address(message));
    case 2:
      return look(parse_route(message));
    case 3:
      return look(parse_rule(message));
    case 4:
      return look(parse_counters(message));
    default:
      return look(parse_neighbour(message));
  }
}

}  // namespace mwan::fuzz
