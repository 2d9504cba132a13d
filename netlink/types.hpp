// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel knows about networking, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hal/ip.hpp"
#include "hal/link_event.hpp"

namespace mwan::netlink {

// The rtm_protocol and FRA_PROTOCOL of every route and rule this project makes ('M'): it tells ours
// from everybody else's, also after a crash. Free in the kernel's and iproute2's registries
// (rtnetlink.h: 0-4, 8-18, 42, 99, 186-192), and not `static`, whose rules other programs look for.
inline constexpr std::uint8_t kRouteProtocol = 0x4d;

inline constexpr std::uint32_t kMainTable = 254;  // RT_TABLE_MAIN

// What dev_valid_name() of the kernel accepts: 1..15 bytes, no '/', ':' or white space, not "."
// or "..".
bool valid_netdev_name(std::string_view name);

struct LinkInfo {
  std::uint32_t index = 0;
  std::string name;
  std::uint32_t mtu = 0;  // bytes
  bool admin_up = false;  // IFF_UP
  bool carrier = false;   // IFF_LOWER_UP: false while the device is down
  bool no_arp = false;    // IFF_NOARP or IFF_POINTOPOINT: no neighbours to resolve
  bool operator==(const LinkInfo&) const = default;
};

struct Address {
  std::uint32_t ifindex = 0;
  IpPrefix prefix;         // host bits kept: the address and its on-link length
  bool tentative = false;  // IPv6 duplicate address detection is not done
  bool operator==(const Address&) const = default;
};

enum class RouteType { Unicast, Local, Broadcast, Multicast, Unreachable, Blackhole, Other };

struct Route {
  IpPrefix destination;  // length 0 is a default route; its family is the route's
  std::optional<IpAddress> gateway;
  std::uint32_t ifindex = 0;  // 0: none (unreachable, blackhole), or several next hops
  std::uint32_t table = kMainTable;
  std::uint32_t metric = 0;  // IPv6: the kernel reads 0 as 1024
  std::optional<IpAddress> source;
  std::uint8_t protocol = kRouteProtocol;
  RouteType type = RouteType::Unicast;
  std::uint8_t tos = 0;
  bool on_link = false;  // the gateway is reachable although no prefix says so (RTNH_F_ONLINK)
  bool operator==(const Route&) const = default;

  [[nodiscard]] IpFamily family() const { return destination.address.family(); }
  [[nodiscard]] bool is_default() const { return destination.length == 0; }
};

struct Rule {
  IpFamily family = IpFamily::V4;
  std::uint32_t priority = 0;
  std::optional<IpPrefix> source;
  std::optional<std::uint32_t> mark;
  std::uint32_t mark_mask = 0xffffffff;  // means something only with mark
  std::string oif;                       // empty: any
  std::uint32_t table = 0;
  // Ignore what the table says with a prefix this short or shorter: 0 hides its default routes.
  std::optional<std::uint32_t> suppress_prefix_length;
  std::uint8_t protocol = kRouteProtocol;
  bool operator==(const Rule&) const = default;
};

struct Neighbour {
  std::uint32_t ifindex = 0;
  IpAddress address;
  fact::Nud state = fact::Nud::Unknown;
  bool operator==(const Neighbour&) const = default;
};

// "default via 192.0.2.1 dev eth0 table 7701 metric 1", as ip-route would say it. The device's name
// is given by whoever knows it.
std::string text(const Route& route, const std::string& netdev);
std::string text(const Rule& rule);

}  // namespace mwan::netlink
