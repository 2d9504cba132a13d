// SPDX-License-Identifier: LGPL-2.1-or-later
// Monitor: who is told what.
//
// A watch is looked up anew before each call: it may have been given up in the call before.
#include <algorithm>

#include "netlink/monitor.hpp"

namespace mwan::netlink {
namespace {

template <class W>
std::vector<std::weak_ptr<W>> living(std::vector<std::weak_ptr<W>>& watches) {
  std::erase_if(watches, [](const std::weak_ptr<W>& watch) { return watch.expired(); });
  return watches;
}

}  // namespace

Monitor::Watch Monitor::watch_link(const std::string& netdev,
                                   std::function<void(const LinkState&)> call) {
  auto watch = std::make_shared<LinkWatch>(netdev, std::move(call), std::nullopt);
  link_watches_.push_back(watch);
  report_soon();
  return watch;
}

Monitor::Watch Monitor::watch_neighbour(const std::string& netdev, const IpAddress& address,
                                        std::function<void(fact::Nud)> call) {
  auto watch = std::make_shared<NeighbourWatch>(netdev, address, std::move(call), std::nullopt);
  neighbour_watches_.push_back(watch);
  report_soon();
  return watch;
}

Monitor::Watch Monitor::watch_changes(ChangeCalls calls) {
  auto watch = std::make_shared<ChangeCalls>(std::move(calls));
  change_watches_.push_back(watch);
  return watch;
}

template <class T>
void Monitor::tell(std::function<void(Change, const T&)> ChangeCalls::*which, Change change,
                   const T& object) {
  for (const auto& weak : living(change_watches_)) {
    const auto calls = weak.lock();
    if (calls && (*calls).*which) ((*calls).*which)(change, object);
  }
}
template void Monitor::tell(std::function<void(Change, const LinkInfo&)> ChangeCalls::*, Change,
                            const LinkInfo&);
template void Monitor::tell(std::function<void(Change, const Address&)> ChangeCalls::*, Change,
                            const Address&);
template void Monitor::tell(std::function<void(Change, const Route&)> ChangeCalls::*, Change,
                            const Route&);
template void Monitor::tell(std::function<void(Change, const Rule&)> ChangeCalls::*, Change,
                            const Rule&);
template void Monitor::tell(std::function<void(Change, const Neighbour&)> ChangeCalls::*, Change,
                            const Neighbour&);

LinkState Monitor::state_of(const std::string& netdev) const {
  for (const auto& [index, link] : links_.items()) {
    if (link.name == netdev) {
      return {.present = true,
              .ifindex = index,
              .admin_up = link.admin_up,
              .carrier = link.carrier,
              .mtu = link.mtu};
    }
  }
  return {};
}

void Monitor::report_links() {
  for (const auto& weak : living(link_watches_)) {
    const auto watch = weak.lock();
    if (!watch) continue;
    const LinkState now = state_of(watch->netdev);
    if (watch->told == now) continue;
    // A device that came back under the same name is another one: say that the first is gone.
    if (watch->told && watch->told->present && now.present && watch->told->ifindex != now.ifindex) {
      watch->told = LinkState{};
      watch->call(LinkState{});
      if (weak.use_count() < 2) continue;  // given up in that call: only `watch` is left
    }
    watch->told = now;
    watch->call(now);
  }
}

void Monitor::report_neighbours() {
  for (const auto& weak : living(neighbour_watches_)) {
    const auto watch = weak.lock();
    if (!watch) continue;
    const LinkState link = state_of(watch->netdev);
    const auto at = neighbours_.items().find({link.ifindex, watch->address});
    const auto now = at == neighbours_.items().end() ? fact::Nud::Unknown : at->second.state;
    if (watch->told == now) continue;
    watch->told = now;
    watch->call(now);
  }
}

void Monitor::report_soon() {
  if (report_.active()) return;
  report_ = loop_.soon([this] {
    report_.reset();
    report_links();
    report_neighbours();
  });
}

}  // namespace mwan::netlink
