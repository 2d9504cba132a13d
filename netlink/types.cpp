// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/types.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <net/if.h>

namespace mwan::netlink {

bool valid_netdev_name(std::string_view name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name == "." || name == "..") return false;
  return std::ranges::none_of(name, [](char c) {
    return c == '/' || c == ':' || c == '\0' || c == ' ' || (c >= '\t' && c <= '\r');
  });
}

std::string text(const Route& route, const std::string& netdev) {
  std::string out = route.is_default() ? "default" : route.destination.text();
  if (route.family() == IpFamily::V6 && route.is_default()) out = "IPv6 default";
  if (route.gateway) out += " via " + route.gateway->text();
  if (!netdev.empty()) out += " dev " + netdev;
  if (route.table != kMainTable) out += fmt::format(" table {}", route.table);
  if (route.metric != 0) out += fmt::format(" metric {}", route.metric);
  if (route.source) out += " src " + route.source->text();
  return out;
}

std::string text(const Rule& rule) {
  std::string out =
      fmt::format("{}: from {}", rule.priority, rule.source ? rule.source->text() : "all");
  if (rule.mark) out += fmt::format(" fwmark {:#x}/{:#x}", *rule.mark, rule.mark_mask);
  if (!rule.oif.empty()) out += " oif " + rule.oif;
  out += fmt::format(" lookup {}", rule.table);
  if (rule.suppress_prefix_length) {
    out += fmt::format(" suppress_prefixlength {}", *rule.suppress_prefix_length);
  }
  return out;
}

}  // namespace mwan::netlink
