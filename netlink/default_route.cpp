// SPDX-License-Identifier: LGPL-2.1-or-later
// LinkTables: the default route of the system, and giving back what was found.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <linux/netlink.h>

#include "netlink/link_tables.hpp"

namespace mwan::netlink {
namespace {

bool foreign_default(const Route& route) {
  return route.is_default() && route.protocol != kRouteProtocol;
}

bool our_default(const Route& route) {
  return route.is_default() && route.protocol == kRouteProtocol;
}

// Behind everything that anybody makes.
constexpr std::uint32_t kLastMetric = std::numeric_limits<std::int32_t>::max();

// The slot a replacement goes by.
bool same_slot(const Route& a, const Route& b) {
  return a.family() == b.family() && a.metric == b.metric && a.tos == b.tos;
}

bool has_slot(const std::vector<Route>& routes, const Route& route) {
  return std::ranges::any_of(routes, [&](const Route& r) { return same_slot(r, route); });
}

Result<std::map<std::string, std::uint32_t>> device_numbers(Netlink& netlink) {
  const auto links = netlink.links();
  if (!links) return failed(links.error());
  std::map<std::string, std::uint32_t> out;
  for (const LinkInfo& link : *links) out[link.name] = link.index;
  return out;
}

FoundRoute with_names(RawRoute raw, const std::map<std::string, std::uint32_t>& numbers) {
  FoundRoute out{.raw = std::move(raw), .devices = {}};
  for (const std::uint32_t index : devices_of(out.raw)) {
    for (const auto& [name, number] : numbers) {
      if (number == index) out.devices[index] = name;
    }
  }
  return out;
}

}  // namespace

Status LinkTables::make_default(LinkId link) {
  const auto entry = links_.find(link);
  if (entry == links_.end()) {
    return failed(FailureClass::Permanent, fmt::format("link {}", link.index),
                  "it has no addressing yet, so it cannot carry the default route");
  }
  Problems problems;
  if (problems.check(note_defaults())) {
    active_ = link;
    behind_ = false;
    for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
      auto& exception = exception_of(family);
      if (exception && *exception == active_) exception.reset();
      move_default(family, problems);
    }
    for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) tend_fallbacks(family);
  }
  return problems.status(
      fmt::format("default route by link {} ({})", link.index, entry->second.device.name));
}

// The defaults in the main table, once, before the first change.
Status LinkTables::note_defaults() {
  if (found_.defaults_known) return {};
  const auto numbers = device_numbers(netlink_);
  if (!numbers) return failed(numbers.error());
  std::vector<FoundRoute> defaults;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    auto routes = netlink_.raw_routes(kMainTable, family);
    if (!routes) return failed(routes.error());
    for (RawRoute& raw : *routes) {
      if (foreign_default(raw.route)) defaults.push_back(with_names(std::move(raw), *numbers));
    }
  }
  found_.defaults.insert(found_.defaults.end(), std::make_move_iterator(defaults.begin()),
                         std::make_move_iterator(defaults.end()));
  found_.defaults_known = true;
  about_to_change();
  return {};
}

Status LinkTables::route_family(IpFamily family, std::optional<LinkId> by) {
  if (by && !links_.contains(*by)) {
    return failed(FailureClass::Permanent, fmt::format("link {}", by->index),
                  "it has no addressing yet, so it cannot carry the default route");
  }
  Problems problems;
  auto& exception = exception_of(family);
  exception = by;
  if (by == active_) exception.reset();
  if (problems.check(note_defaults())) {
    move_default(family, problems);
    tend_fallbacks(family);
  }
  return problems.status(fmt::format("default route of {} by {}",
                                     family == IpFamily::V4 ? "IPv4" : "IPv6",
                                     by ? fmt::format("link {}", by->index) : "nobody"));
}

Status LinkTables::join_families() {
  Problems problems;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (!std::exchange(exception_of(family), std::nullopt)) continue;
    move_default(family, problems);
    tend_fallbacks(family);
  }
  return problems.status("default routes of both families by one link");
}

std::optional<LinkId> LinkTables::carrier_of(IpFamily family) const {
  const auto& exception = exceptions_.at(family == IpFamily::V4 ? 0 : 1);
  return exception ? *exception : active_;
}

std::optional<Route> LinkTables::wanted_default(IpFamily family) const {
  const auto carrier = carrier_of(family);
  const auto entry = carrier ? links_.find(*carrier) : links_.end();
  if (entry == links_.end()) return std::nullopt;
  const auto& [device, config, set_up] = entry->second;
  if (!(family == IpFamily::V4 ? config.v4.has_value() : config.v6.has_value())) return {};
  return main_default(config, family, device.index, behind_ ? kLastMetric : config_.metric);
}

Result<bool> LinkTables::keep_default() {
  if (!active_) return false;
  const auto routes = netlink_.routes(kMainTable);
  if (!routes) return failed(routes.error());
  const auto links = netlink_.links();
  if (!links) return failed(links.error());
  Problems problems;
  bool missing = false;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const auto ours = wanted_default(family);
    if (!ours) continue;
    const bool there = std::ranges::any_of(*routes, [&](const Route& route) {
      return our_default(route) && same_slot(route, *ours) && route.ifindex == ours->ifindex &&
             route.gateway == ours->gateway;
    });
    const bool possible = std::ranges::any_of(
        *links, [&](const LinkInfo& link) { return link.index == ours->ifindex && link.admin_up; });
    if (there || !possible) continue;
    missing = true;
    move_default(family, problems);
  }
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) tend_fallbacks(family);
  if (auto done = problems.status("putting the default route back"); !done) {
    return failed(done.error());
  }
  return missing;
}

void LinkTables::move_default(IpFamily family, Problems& problems) {
  const auto ours = wanted_default(family);
  if (ours && behind_) {
    problems.check(netlink_.add_route(*ours));
  } else if (ours) {
    set_aside(family, *ours, problems);
  }
  // What an earlier link, or an earlier run with another metric, left.
  const auto routes = netlink_.routes(kMainTable, family);
  if (!problems.check(routes)) return;
  const auto behind = wanted_fallbacks(family);
  for (const Route& route : *routes) {
    if (!our_default(route) || (ours && same_slot(route, *ours)) || has_slot(behind, route)) {
      continue;
    }
    problems.check(netlink_.delete_route(route));
  }
}

std::vector<Route> LinkTables::wanted_fallbacks(IpFamily family) const {
  const auto ours = wanted_default(family);
  if (!config_.fallbacks || behind_ || !ours) return {};
  std::vector<Route> out = {*ours};
  out.back().metric += 1;
  for (const auto& [link, applied] : links_) {
    const IpConfig& config = applied.config;
    if (!(family == IpFamily::V4 ? config.v4.has_value() : config.v6.has_value())) continue;
    out.push_back(
        main_default(config, family, applied.device.index, ours->metric + 2 + link.index));
  }
  return out;
}

// What cannot be made is done without: a device that is down or gone has none, and a metric that
// somebody else uses is left to them.
void LinkTables::tend_fallbacks(IpFamily family) {
  const auto wanted = wanted_fallbacks(family);
  if (wanted.empty()) return;
  const auto routes = netlink_.routes(kMainTable, family);
  if (!routes) return;
  for (const Route& route : *routes) {
    if (!our_default(route) || route.metric < wanted.front().metric) continue;
    if (!has_slot(wanted, route)) (void)netlink_.delete_route(route);
  }
  for (const Route& route : wanted) {
    const auto there = std::ranges::find_if(
        *routes, [&](const Route& r) { return our_default(r) && same_slot(r, route); });
    if (there == routes->end()) {
      (void)netlink_.add_route(route);
    } else if (*there != route) {
      (void)netlink_.replace_route(route);
    }
  }
}

// Puts ours in force: first it takes the place of whatever has its metric, in one step; then the
// foreign defaults that would still win go. There is a default route at every moment.
void LinkTables::set_aside(IpFamily family, const Route& ours, Problems& problems) {
  // Where nothing has its place, as after the device of the last one is gone, that is all there is
  // to wait for: a kernel that is removing a device lets each request wait.
  const auto added = netlink_.add_route(ours);
  if (!problems.check(added)) return;
  auto routes = netlink_.raw_routes(kMainTable, family);
  if (!problems.check(routes)) return;
  std::map<std::string, std::uint32_t> numbers;
  std::vector<Route> rivals;
  bool learnt = false;
  for (RawRoute& raw : *routes) {
    if (!foreign_default(raw.route)) continue;
    if (raw.route.metric > ours.metric || raw.route.tos != 0) continue;
    rivals.push_back(raw.route);
    const auto same = [&](const FoundRoute& found) {
      return same_slot(found.raw.route, raw.route) &&
             found.raw.route.gateway == raw.route.gateway &&
             found.raw.route.ifindex == raw.route.ifindex;
    };
    if (std::ranges::any_of(found_.defaults, same)) continue;
    if (numbers.empty()) {
      auto known = device_numbers(netlink_);
      if (!problems.check(known)) return;
      numbers = std::move(*known);
    }
    // Somebody made it since: it is what the host wants now, in place of what it wanted before.
    std::erase_if(found_.defaults,
                  [&](const FoundRoute& found) { return same_slot(found.raw.route, raw.route); });
    found_.defaults.push_back(with_names(std::move(raw), numbers));
    learnt = true;
  }
  if (learnt) about_to_change();
  if (!*added && !problems.check(netlink_.replace_route(ours))) return;
  // One of them may be the one that was replaced: then it is gone already.
  for (const Route& rival : rivals) problems.check(netlink_.delete_route(rival));
}

Status LinkTables::step_back() {
  Problems problems;
  behind_ = true;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) move_default(family, problems);
  return problems.status("letting other default routes go first");
}

Status LinkTables::yield_default(bool put_back) {
  Problems problems;
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const auto routes = netlink_.routes(kMainTable, family);
    if (!problems.check(routes)) continue;
    if (put_back || std::ranges::none_of(*routes, foreign_default)) {
      put_back_defaults(problems, family);
    }
    for (const Route& route : *routes) {
      if (our_default(route)) problems.check(netlink_.delete_route(route));
    }
  }
  active_.reset();
  behind_ = false;
  exceptions_ = {};
  found_.defaults.clear();
  found_.defaults_known = false;
  about_to_change();
  return problems.status("giving the default route back");
}

Status LinkTables::restore() {
  Problems problems;
  put_back_defaults(problems);
  while (!links_.empty()) {
    const auto status = withdraw(links_.rbegin()->first);
    problems.check(status);
  }
  active_.reset();
  exceptions_ = {};
  // Devices that an earlier run had taken and this one did not.
  for (const FoundLink& found : std::vector<FoundLink>(found_.links)) {
    give_back({.index = found.ifindex, .name = found.netdev}, Finally::Yes, problems);
  }
  remove_rules([](const Rule&) { return true; }, problems);
  problems.check(netlink_.flush_ours(std::nullopt));
  if (problems.none()) found_ = {};
  return problems.status("restoring the routes that were found");
}

void LinkTables::put_back_defaults(Problems& problems, std::optional<IpFamily> only) {
  const auto numbers = device_numbers(netlink_);
  if (!problems.check(numbers)) return;
  for (const FoundRoute& found : found_.defaults) {
    if (only && found.raw.route.family() != *only) continue;
    const auto wanted = as_request(found, *numbers);
    if (!wanted) {
      std::string names;
      for (const auto& [index, name] : found.devices) names += (names.empty() ? "" : ", ") + name;
      problems.add({FailureClass::Gone, "route " + text(found.raw.route, names),
                    "its network device is gone, it cannot be put back"});
      continue;
    }
    const auto present = netlink_.raw_routes(kMainTable, found.raw.route.family());
    if (!problems.check(present)) return;
    const bool there = std::ranges::any_of(*present, [&](const RawRoute& raw) {
      const auto as_is = as_request(with_names(raw, *numbers), *numbers);
      return as_is && as_is->payload == wanted->payload;
    });
    if (there) continue;
    // Into the place of ours, so that there is never none; behind those already put back.
    const bool ours_there = std::ranges::any_of(*present, [&](const RawRoute& raw) {
      return our_default(raw.route) && same_slot(raw.route, wanted->route);
    });
    problems.check(netlink_.put_raw_route(*wanted, ours_there ? NLM_F_REPLACE : NLM_F_APPEND));
  }
}

}  // namespace mwan::netlink
