// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/net/applied_config.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "netlink/link_plan.hpp"

namespace mwan::tool {
namespace {

// Apart from those of the daemon (TABLE_BASE), which may run beside this with another modem.
constexpr std::uint32_t kTable = 7720;
constexpr std::uint32_t kRulePriority = 7720;

constexpr std::uint32_t kMetric = 0;  // netlink::main_default makes 1 of it for IPv6

}  // namespace

Status AppliedConfig::apply(const std::string& netdev, const IpConfig& config) {
  undo();
  if (Status fine = netlink::check(config); !fine) return fine;
  auto kernel = netlink::Netlink::open();
  if (!kernel) return failed(kernel.error());
  const auto link = kernel->link(netdev);
  if (!link) return failed(link.error());
  netdev_ = netdev;
  config_ = config;
  Status done = carry_out(*kernel, *link);
  if (!done) undo();
  return done;
}

Status AppliedConfig::carry_out(netlink::Netlink& kernel, const netlink::LinkInfo& link) {
  if (config_.mtu && *config_.mtu != link.mtu) {
    if (Status done = kernel.set_mtu(link, *config_.mtu); !done) return done;
    undo_.emplace_back([link](netlink::Netlink& k) { (void)k.set_mtu(link, link.mtu); });
  }
  if (!link.admin_up) {
    if (Status done = kernel.set_admin(link, true); !done) return done;
    undo_.emplace_back([link](netlink::Netlink& k) { (void)k.set_admin(link, false); });
  }
  // Several runs at once, each with its own modem, must not share a table.
  const netlink::LinkPlace place{
      .ifindex = link.index, .table = kTable + link.index, .rule_priority = kRulePriority};
  const netlink::LinkPlan plan = netlink::plan_link(config_, place);
  for (const IpPrefix& address : plan.addresses) {
    const auto added = kernel.add_address(link, address);
    if (!added) return failed(added.error());
    if (!*added) continue;
    undo_.emplace_back(
        [link, address](netlink::Netlink& k) { (void)k.delete_address(link, address); });
  }
  for (const netlink::Route& route : plan.routes) {
    if (Status done = kernel.replace_route(route); !done) return done;
    undo_.emplace_back([route](netlink::Netlink& k) { (void)k.delete_route(route); });
  }
  for (const netlink::Rule& rule : plan.rules) {
    const auto added = kernel.add_rule(rule);
    if (!added) return failed(added.error());
    if (!*added) continue;
    undo_.emplace_back([rule](netlink::Netlink& k) { (void)k.delete_rule(rule); });
  }
  // So that applied() holds even where everything was there already.
  undo_.emplace_back([](netlink::Netlink& /*k*/) {});
  return {};
}

Status AppliedConfig::make_default() {
  auto kernel = netlink::Netlink::open();
  if (!kernel) return failed(kernel.error());
  const auto link = kernel->link(netdev_);
  if (!link) return failed(link.error());
  const auto existing = kernel->routes(netlink::kMainTable);
  if (!existing) return failed(existing.error());
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (!(family == IpFamily::V4 ? config_.v4 : config_.v6)) continue;
    const netlink::Route route = netlink::main_default(config_, family, link->index, kMetric);
    const auto rival = std::ranges::find_if(*existing, [&](const netlink::Route& one) {
      return one.is_default() && one.family() == family && one.metric <= route.metric;
    });
    if (rival != existing->end()) {
      return failed(FailureClass::Permanent, "default route",
                    fmt::format("there is one that would win (metric {}); remove it first, or do "
                                "without --default-route",
                                rival->metric));
    }
    if (Status done = kernel->replace_route(route); !done) return done;
    undo_.emplace_back([route](netlink::Netlink& k) { (void)k.delete_route(route); });
  }
  return {};
}

void AppliedConfig::undo() {
  if (undo_.empty()) return;
  std::vector<Undo> steps = std::exchange(undo_, {});
  auto kernel = netlink::Netlink::open();
  if (!kernel) return;
  while (!steps.empty()) {
    steps.back()(*kernel);
    steps.pop_back();
  }
}

}  // namespace mwan::tool
