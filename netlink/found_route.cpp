// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cstring>

#include <linux/rtnetlink.h>

#include "netlink/found_state.hpp"
#include "netlink/message.hpp"

namespace mwan::netlink {
namespace {

// What a route is made of; everything else in a dump is the kernel's remark on it.
constexpr std::array kConfigured = {
    RTA_DST,        RTA_SRC,   RTA_OIF,   RTA_GATEWAY,       RTA_PRIORITY,  RTA_PREFSRC,
    RTA_METRICS,    RTA_FLOW,  RTA_TABLE, RTA_VIA,           RTA_MULTIPATH, RTA_PREF,
    RTA_ENCAP_TYPE, RTA_ENCAP, RTA_NH_ID, RTA_TTL_PROPAGATE,
};
// With a next hop object, the dump repeats what the object says, and a request must not.
constexpr std::array kInNextHop = {RTA_OIF,       RTA_GATEWAY, RTA_VIA,
                                   RTA_MULTIPATH, RTA_ENCAP,   RTA_ENCAP_TYPE};
constexpr unsigned kConfiguredFlags = RTNH_F_ONLINK | RTNH_F_PERVASIVE;

using Bytes = std::vector<std::uint8_t>;
using Number = std::optional<std::uint32_t>;

// Calls with each attribute (type, value) of the payload of a route message.
template <class Call>
void for_each_attribute(const Bytes& payload, Call call) {
  if (payload.size() <= NLMSG_ALIGN(sizeof(rtmsg))) return;
  const std::size_t begin = NLMSG_ALIGN(sizeof(rtmsg));
  auto* attribute = reinterpret_cast<nlattr*>(const_cast<std::uint8_t*>(payload.data()) + begin);
  int left = static_cast<int>(payload.size() - begin);
  for (; nla_ok(attribute, left) != 0; attribute = nla_next(attribute, &left)) {
    call(nla_type(attribute), std::span(static_cast<std::uint8_t*>(nla_data(attribute)),
                                        static_cast<std::size_t>(nla_len(attribute))));
  }
}

// Calls with the offset of each rtnexthop in the value of RTA_MULTIPATH.
template <class Call>
void for_each_hop(std::span<const std::uint8_t> value, Call call) {
  std::size_t at = 0;
  while (at + sizeof(rtnexthop) <= value.size()) {
    rtnexthop hop{};
    std::memcpy(&hop, value.data() + at, sizeof hop);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > value.size() - at) return;
    call(at, hop);
    at += RTNH_ALIGN(hop.rtnh_len);
  }
}

void append(Bytes& out, int type, std::span<const std::uint8_t> value) {
  const nlattr header{.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + value.size()),
                      .nla_type = static_cast<std::uint16_t>(type)};
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&header);
  out.insert(out.end(), raw, raw + sizeof header);
  out.insert(out.end(), value.begin(), value.end());
  out.resize(NLA_ALIGN(out.size()));
}

bool wanted(int type, bool by_next_hop) {
  if (std::ranges::find(kConfigured, type) == kConfigured.end()) return false;
  return !by_next_hop || std::ranges::find(kInNextHop, type) == kInNextHop.end();
}

}  // namespace

std::vector<std::uint32_t> devices_of(const RawRoute& route) {
  std::vector<std::uint32_t> out;
  for_each_attribute(route.payload, [&](int type, std::span<const std::uint8_t> value) {
    if (type == RTA_OIF && value.size() >= sizeof(std::uint32_t)) {
      std::uint32_t index = 0;
      std::memcpy(&index, value.data(), sizeof index);
      out.push_back(index);
    }
    if (type == RTA_MULTIPATH) {
      for_each_hop(value, [&](std::size_t, const rtnexthop& hop) {
        out.push_back(static_cast<std::uint32_t>(hop.rtnh_ifindex));
      });
    }
  });
  return out;
}

std::optional<RawRoute> as_request(const FoundRoute& found,
                                   const std::map<std::string, std::uint32_t>& numbers) {
  const Bytes& payload = found.raw.payload;
  if (payload.size() < sizeof(rtmsg)) return std::nullopt;
  const auto today = [&](std::uint32_t then) -> Number {
    const auto name = found.devices.find(then);
    if (name == found.devices.end()) return std::nullopt;
    const auto number = numbers.find(name->second);
    return number == numbers.end() ? Number() : number->second;
  };

  RawRoute out{.route = found.raw.route, .payload = {}};
  rtmsg header{};
  std::memcpy(&header, payload.data(), sizeof header);
  header.rtm_flags &= kConfiguredFlags;
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&header);
  out.payload.assign(raw, raw + sizeof header);

  bool by_next_hop = false;
  for_each_attribute(payload, [&](int type, auto) { by_next_hop |= type == RTA_NH_ID; });
  bool complete = true;
  for_each_attribute(payload, [&](int type, std::span<const std::uint8_t> value) {
    if (!wanted(type, by_next_hop)) return;
    Bytes copy(value.begin(), value.end());
    if (type == RTA_OIF && copy.size() >= sizeof(std::uint32_t)) {
      std::uint32_t then = 0;
      std::memcpy(&then, copy.data(), sizeof then);
      const Number now = today(then);
      complete &= now.has_value();
      const std::uint32_t number = now.value_or(then);
      std::memcpy(copy.data(), &number, sizeof number);
      out.route.ifindex = number;
    } else if (type == RTA_MULTIPATH) {
      for_each_hop(value, [&](std::size_t at, rtnexthop hop) {
        const Number now = today(static_cast<std::uint32_t>(hop.rtnh_ifindex));
        complete &= now.has_value();
        if (now) hop.rtnh_ifindex = static_cast<int>(*now);
        hop.rtnh_flags &= kConfiguredFlags;
        std::memcpy(copy.data() + at, &hop, sizeof hop);
      });
    }
    append(out.payload, type, copy);
  });
  if (!complete) return std::nullopt;
  return out;
}

}  // namespace mwan::netlink
