// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/link_tables.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace mwan::netlink {
namespace {

std::string label(LinkId link, const std::string& netdev) {
  return fmt::format("link {} ({})", link.index, netdev);
}

bool same_subnet(const IpPrefix& a, const IpPrefix& b) {
  return a.length == b.length && a.contains(b.address);
}

}  // namespace

LinkTables::LinkTables(Netlink& netlink, LinkTablesConfig config)
    : netlink_(netlink), config_(std::move(config)) {}

void LinkTables::about_to_change() const {
  if (config_.before_change) config_.before_change(found_);
}

FoundLink* LinkTables::known_link(const LinkInfo& device) {
  const auto known = std::ranges::find_if(found_.links, [&](const FoundLink& found) {
    return found.netdev == device.name && found.ifindex == device.index;
  });
  return known == found_.links.end() ? nullptr : &*known;
}

FoundLink& LinkTables::found_link(const LinkInfo& device) {
  if (FoundLink* known = known_link(device)) return *known;
  // What is known under this name or number was of a device that is gone; and what else is gone
  // has nothing to be given back, however many more come and go.
  const auto present = netlink_.links();
  std::erase_if(found_.links, [&](const FoundLink& found) {
    return found.netdev == device.name || found.ifindex == device.index ||
           (present &&
            std::ranges::find(*present, found.ifindex, &LinkInfo::index) == present->end());
  });
  found_.links.push_back({.netdev = device.name,
                          .ifindex = device.index,
                          .admin_up = device.admin_up,
                          .mtu = device.mtu,
                          .added = {}});
  about_to_change();
  return found_.links.back();
}

Status LinkTables::note(const std::string& netdev, bool own_ipv6) {
  const auto device = netlink_.link(netdev);
  if (device) {
    Problems problems;
    FoundLink& found = found_link(*device);
    if (own_ipv6) take_ipv6(found, problems);
    return problems.status("IPv6 on " + netdev);
  }
  if (device.error().failure == FailureClass::Gone) return {};
  return failed(device.error());
}

Status LinkTables::release(const std::string& netdev) {
  const auto known = std::ranges::find(found_.links, netdev, &FoundLink::netdev);
  if (known == found_.links.end()) return {};
  // Still applied: withdraw() and restore() put other routes in their places first.
  const bool applied = std::ranges::any_of(
      links_, [&](const auto& entry) { return entry.second.device.index == known->ifindex; });
  if (applied) return {};
  Problems problems;
  give_back({.index = known->ifindex, .name = netdev}, Finally::Yes, problems);
  return problems.status("giving back " + netdev);
}

Status LinkTables::apply(LinkId link, const std::string& netdev, const IpConfig& config) {
  const std::string where = label(link, netdev);
  Problems problems;
  if (!problems.check(check(config))) return problems.status(where);
  const auto device = netlink_.link(netdev);
  if (!problems.check(device)) return problems.status(where);

  const auto before = links_.find(link);
  if (before != links_.end() && before->second.device.index != device->index) {
    // The link moved to another device, or its device came back as a new one.
    const bool was_active = active_ == link;
    if (const auto gone = withdraw(link); !gone) problems.add(gone.error());
    if (was_active) active_ = link;
  }
  const LinkPlan plan = plan_link(
      config,
      {.ifindex = device->index, .table = table_of(link), .rule_priority = priority_of(link)});
  const bool set_up = !device->admin_up || (links_.contains(link) && links_[link].set_up);
  links_[link] = {*device, config, set_up};
  bring_up(found_link(*device), *device, config, problems);
  add_addresses(*device, plan, problems);
  for (const Route& route : plan.routes) problems.check(netlink_.replace_route(route));
  for (const Rule& rule : plan.rules) problems.check(netlink_.add_rule(rule));
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (carrier_of(family) == link) move_default(family, problems);
  }
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) tend_fallbacks(family);
  // The old things stay while the new ones are not whole: half of each is worse than either.
  if (problems.none()) remove_stale(link, *device, plan, problems);
  return problems.status(where);
}

void LinkTables::bring_up(FoundLink& found, const LinkInfo& device, const IpConfig& config,
                          Problems& problems) {
  const std::uint32_t mtu = config.mtu.value_or(found.mtu);
  if (mtu != device.mtu) problems.check(netlink_.set_mtu(device, mtu));
  if (!device.admin_up) problems.check(netlink_.set_admin(device, true));
}

void LinkTables::add_addresses(const LinkInfo& device, const LinkPlan& plan, Problems& problems) {
  const auto present = netlink_.addresses();
  if (!problems.check(present)) return;
  for (const IpPrefix& address : plan.addresses) {
    if (std::ranges::any_of(*present, [&](const Address& a) {
          return a.ifindex == device.index && a.prefix == address;
        })) {
      continue;
    }
    auto& added = found_link(device).added;
    if (std::ranges::find(added, address) == added.end()) {
      added.push_back(address);
      about_to_change();
    }
    problems.check(netlink_.add_address(device, address));
  }
}

void LinkTables::remove_stale(LinkId link, const LinkInfo& device, const LinkPlan& plan,
                              Problems& problems) {
  remove_rules(
      [&](const Rule& rule) {
        return owner_of(rule) == link && std::ranges::find(plan.rules, rule) == plan.rules.end();
      },
      problems);
  const auto routes = netlink_.routes(table_of(link));
  if (problems.check(routes)) {
    for (const Route& route : *routes) {
      if (route.protocol != kRouteProtocol) continue;
      if (std::ranges::find(plan.routes, route) != plan.routes.end()) continue;
      problems.check(netlink_.delete_route(route));
    }
  }
  remove_addresses(device, plan.addresses, problems);
}

std::uint32_t LinkTables::priority_of(LinkId link) const {
  return config_.rule_priority + 2U * link.index;
}

std::optional<LinkId> LinkTables::owner_of(const Rule& rule) const {
  if (rule.protocol != kRouteProtocol || rule.priority < config_.rule_priority) return std::nullopt;
  const std::uint32_t index = (rule.priority - config_.rule_priority) / 2;
  if (index > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return LinkId{static_cast<std::uint16_t>(index)};
}

void LinkTables::remove_rules(const std::function<bool(const Rule&)>& which, Problems& problems) {
  const auto rules = netlink_.rules();
  if (!problems.check(rules)) return;
  for (const Rule& rule : *rules) {
    if (rule.protocol == kRouteProtocol && which(rule)) problems.check(netlink_.delete_rule(rule));
  }
}

// Those of ours, but for what is kept.
void LinkTables::remove_addresses(const LinkInfo& device, const std::vector<IpPrefix>& keep,
                                  Problems& problems) {
  FoundLink* known = known_link(device);
  if (known == nullptr) return;
  for (const IpPrefix address : std::vector<IpPrefix>(known->added)) {
    if (std::ranges::find(keep, address) != keep.end()) continue;
    // Deleting the first IPv4 address of a prefix takes the others of that prefix with it, unless
    // the device is told to promote the next one.
    const bool shared = address.address.family() == IpFamily::V4 &&
                        std::ranges::any_of(keep, [&](const IpPrefix& other) {
                          return same_subnet(address, other);
                        });
    const auto promotes = shared ? netlink_.promotes_secondaries(device) : Result<bool>(true);
    const bool promote_meanwhile = promotes && !*promotes;
    if (promote_meanwhile && !problems.check(netlink_.set_promote_secondaries(device, true))) {
      continue;
    }
    if (problems.check(netlink_.delete_address(device, address))) std::erase(known->added, address);
    if (promote_meanwhile) problems.check(netlink_.set_promote_secondaries(device, false));
  }
}

Status LinkTables::withdraw(LinkId link) {
  Problems problems;
  remove_rules([&](const Rule& rule) { return owner_of(rule) == link; }, problems);
  problems.check(netlink_.flush_ours(table_of(link)));
  const auto entry = links_.find(link);
  std::string netdev = "not applied";
  if (entry != links_.end()) {
    const LinkInfo device = entry->second.device;
    netdev = device.name;
    remove_defaults_of(device.index, problems);
    const auto now = netlink_.link(netdev);
    const FoundLink* known = known_link(device);
    const bool set_down = entry->second.set_up && now && now->index == device.index &&
                          now->admin_up && known != nullptr && !known->admin_up;
    if (set_down) problems.check(netlink_.set_admin(*now, false));
    give_back(device, Finally::No, problems);
    links_.erase(entry);
  }
  if (active_ == link) active_.reset();
  return problems.status(label(link, netdev));
}

void LinkTables::remove_defaults_of(std::uint32_t ifindex, Problems& problems) {
  const auto routes = netlink_.routes(kMainTable);
  if (!problems.check(routes)) return;
  for (const Route& route : *routes) {
    if (route.protocol != kRouteProtocol || !route.is_default()) continue;
    if (route.ifindex == ifindex) problems.check(netlink_.delete_route(route));
  }
}

void LinkTables::disown(const std::string& netdev) {
  for (auto& [link, applied] : links_) {
    if (applied.device.name == netdev) applied.set_up = false;
  }
  const auto gone =
      std::erase_if(found_.links, [&](const FoundLink& found) { return found.netdev == netdev; });
  if (gone > 0) about_to_change();
}

// The device as it was found, and forgotten; one that vanished took everything with it. Before the
// end, what its driver has to do with stays, and the device is remembered while that differs.
void LinkTables::give_back(const LinkInfo& device, Finally finally, Problems& problems) {
  FoundLink* known = known_link(device);
  if (known == nullptr) return;
  const auto now = netlink_.link(device.name);
  if (now && now->index == device.index) {
    remove_addresses(*now, {}, problems);
    if (now->mtu != known->mtu) problems.check(netlink_.set_mtu(*now, known->mtu));
    if (finally == Finally::No && (known->autoconf || now->admin_up != known->admin_up)) {
      about_to_change();
      return;
    }
    if (known->autoconf) give_back_ipv6(*known, *now, problems);
    if (now->admin_up && !known->admin_up) problems.check(netlink_.set_admin(*now, false));
  } else if (!now && now.error().failure != FailureClass::Gone) {
    problems.add(now.error());
    return;
  }
  std::erase_if(found_.links, [&](const FoundLink& found) { return &found == known; });
  about_to_change();
}

}  // namespace mwan::netlink
