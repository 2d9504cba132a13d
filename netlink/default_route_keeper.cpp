// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/default_route_keeper.hpp"

#include <algorithm>
#include <utility>

namespace mwan::netlink {

namespace {

constexpr Duration kBetween = std::chrono::seconds(1);

}  // namespace

DefaultRouteKeeper::DefaultRouteKeeper(Loop& loop, Monitor& monitor, std::function<void()> look)
    : loop_(loop),
      look_(std::move(look)),
      watch_(monitor.watch_changes({.route = [this](Change change, const Route& route) {
        const bool ours =
            route.is_default() && route.table == kMainTable && route.protocol == kRouteProtocol;
        if (change == Change::Gone && ours) gone();
      }})) {}

// Not out of the monitor's call: there may be more to read that belongs to the same change.
void DefaultRouteKeeper::gone() {
  if (soon_.active()) return;
  const auto look = [this] {
    soon_.reset();
    last_ = Loop::now();
    look_();
  };
  const Duration wait = last_ ? *last_ + kBetween - Loop::now() : Duration::zero();
  soon_ = wait > Duration::zero() ? loop_.after(wait, look) : loop_.soon(look);
}

}  // namespace mwan::netlink
