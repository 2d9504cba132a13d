// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/link_plan.hpp"

#include <algorithm>
#include <array>

namespace mwan::netlink {
namespace {

constexpr std::uint32_t kIpv6Metric = 1024;  // what the kernel makes of "none" (IP6_RT_PRIO_USER)

std::uint8_t full_length(IpFamily family) { return family == IpFamily::V4 ? 32 : 128; }

IpPrefix without_host_bits(const IpPrefix& prefix) {
  std::array<std::uint8_t, 16> bytes{};
  const auto from = prefix.address.bytes();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const int bits = std::clamp(static_cast<int>(prefix.length) - static_cast<int>(i) * 8, 0, 8);
    bytes[i] = static_cast<std::uint8_t>(from[i] & (0xff00U >> static_cast<unsigned>(bits)));
  }
  const auto masked = IpAddress::from_bytes(std::span(bytes).first(from.size()));
  return {masked.value_or(prefix.address), prefix.length};
}

IpPrefix everything(IpFamily family) {
  return {IpAddress::parse(family == IpFamily::V4 ? "0.0.0.0" : "::").value_or(IpAddress()), 0};
}

Route default_route(const IpFamilyConfig& config, std::uint32_t ifindex) {
  const IpFamily family = config.address.address.family();
  Route out;
  out.destination = everything(family);
  out.gateway = config.gateway;
  out.ifindex = ifindex;
  // Providers hand out /32 addresses and gateways outside of the prefix.
  out.on_link = config.gateway && !config.gateway->is_link_local() &&
                !config.address.contains(*config.gateway);
  // IPv6 chooses among the addresses of the device by itself, and refuses one that is still being
  // checked for duplicates.
  if (family == IpFamily::V4) out.source = config.address.address;
  return out;
}

void plan_family(const IpFamilyConfig& config, const LinkPlace& place, LinkPlan& out) {
  const IpFamily family = config.address.address.family();
  const std::uint32_t metric = family == IpFamily::V6 ? kIpv6Metric : 0;
  out.addresses.push_back(config.address);

  if (config.address.length != full_length(family)) {
    Route connected;
    connected.destination = without_host_bits(config.address);
    connected.ifindex = place.ifindex;
    connected.table = place.table;
    connected.metric = metric;
    if (family == IpFamily::V4) connected.source = config.address.address;
    // A prefix of everything would be the default route itself.
    if (connected.destination.length != 0) out.routes.push_back(connected);
  }
  Route way_out = default_route(config, place.ifindex);
  way_out.table = place.table;
  way_out.metric = metric;
  out.routes.push_back(way_out);

  Rule rule;
  rule.family = family;
  rule.source = IpPrefix{config.address.address, full_length(family)};
  rule.priority = place.rule_priority;
  rule.table = kMainTable;
  rule.suppress_prefix_length = 0;
  out.rules.push_back(rule);
  rule.priority = place.rule_priority + 1;
  rule.table = place.table;
  rule.suppress_prefix_length.reset();
  out.rules.push_back(rule);
}

Status check_family(const IpFamilyConfig& config, IpFamily family) {
  const char* name = family == IpFamily::V4 ? "IPv4" : "IPv6";
  const auto refuse = [name](const std::string& why) {
    return failed(FailureClass::Permanent, std::string(name) + " addressing", why);
  };
  const IpPrefix& address = config.address;
  if (address.address.family() != family) {
    return refuse(address.text() + " is not an " + name + " address");
  }
  if (address.address.is_unspecified()) return refuse("the address is " + address.text());
  if (address.length > full_length(family)) return refuse("prefix length of " + address.text());
  if (!config.gateway) return {};
  if (config.gateway->family() != family) {
    return refuse("gateway " + config.gateway->text() + " is not an " + name + " address");
  }
  if (config.gateway->is_unspecified() || *config.gateway == address.address) {
    return refuse("gateway " + config.gateway->text() + " cannot be one for " + address.text());
  }
  return {};
}

}  // namespace

Status check(const IpConfig& config) {
  if (!config.v4 && !config.v6) {
    return failed(FailureClass::Permanent, "addressing", "it has neither IPv4 nor IPv6");
  }
  if (config.v4) {
    if (auto status = check_family(*config.v4, IpFamily::V4); !status) return status;
  }
  if (config.v6) {
    if (auto status = check_family(*config.v6, IpFamily::V6); !status) return status;
  }
  return {};
}

LinkPlan plan_link(const IpConfig& config, const LinkPlace& place) {
  LinkPlan out;
  if (config.v4) plan_family(*config.v4, place, out);
  if (config.v6) plan_family(*config.v6, place, out);
  return out;
}

Route main_default(const IpConfig& config, IpFamily family, std::uint32_t ifindex,
                   std::uint32_t metric) {
  Route out = default_route(family == IpFamily::V4 ? *config.v4 : *config.v6, ifindex);
  out.table = kMainTable;
  out.metric = family == IpFamily::V6 ? std::max(metric, 1U) : metric;
  return out;
}

}  // namespace mwan::netlink
