// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/red_link.hpp"

#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "failover/host/ipfire/primary_backup.hpp"
#include "failover/host/ipfire/red_state.hpp"

namespace mwan::failover::ipfire {
namespace {

// Files say that RED is active, and its address is not there: IPFire is in the middle of something.
constexpr Duration look_again = std::chrono::seconds(1);

}  // namespace

IpConfig config_of(const RedState& red, const IpPrefix& address, bool point_to_point) {
  IpFamilyConfig v4{.address = address, .gateway = {}, .dns = red.dns};
  if (!point_to_point) v4.gateway = red.remote;
  return {.v4 = v4, .v6 = {}, .mtu = {}};
}

void RedOwner::take(const Primary& primary, bool kept) {
  const bool before = primary_.has_value();
  primary_ = primary;
  if (!before && driver_ != nullptr) driver_->take(kept);
}

void RedOwner::look() {
  if (driver_ != nullptr) driver_->look_now();
}

Task<void> RedOwner::give_back(bool kept) {
  if (driver_ != nullptr && primary_) co_await driver_->give_back(kept);
  primary_.reset();
  if (driver_ != nullptr) driver_->observe();
}

RedDriver::RedDriver(Loop& loop, LinkMonitor& monitor, RedOwner& owner, RedDriverParts parts)
    : loop_(loop), monitor_(monitor), owner_(owner), parts_(std::move(parts)) {
  owner_.driver_ = this;
}

RedDriver::~RedDriver() {
  if (owner_.driver_ == this) owner_.driver_ = nullptr;
}

void RedDriver::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  if (owner_.ours()) {
    take(true);
  } else {
    observe();
  }
}

Task<void> RedDriver::stop() {
  files_ = FolderWatch();
  look_soon_.reset();
  cable_.reset();
  sink_ = nullptr;
  co_await end_inner();
  seen_.reset();
}

void RedDriver::look_closer() {
  if (inner_) inner_->look_closer();
}

// ---------------------------------------------------------------- RED is IPFire's

void RedDriver::observe() {
  if (!sink_) return;
  auto watch = FolderWatch::open(loop_, parts_.paths.red(),
                                 [this] { look_soon_ = loop_.soon([this] { look(); }); });
  if (watch) {
    files_ = std::move(*watch);
  } else {
    report(fact::Trouble{watch.error(), std::nullopt});
  }
  look_soon_ = loop_.soon([this] { look(); });
}

void RedDriver::look_now() {
  if (owner_.ours() || !sink_) return;
  look_soon_ = loop_.soon([this] { look(); });
  look_closer();
}

void RedDriver::look() {
  if (owner_.ours() || !sink_) return;
  const auto red = read_red_state(parts_.paths);
  if (!red) {
    if (seen_) {
      leave();
      report(fact::AddressingLost{"IPFire says that RED is not active"});
    }
    return;
  }
  const auto address = parts_.prefix(red->iface, red->local);
  if (!address) {
    look_soon_ = loop_.after(look_again, [this] { look(); });
    return;
  }
  if (seen_ == red) return;
  seen_ = red;
  // pppd gives its device the address alone.
  const bool point_to_point = address->length == 32;
  set_inner(parts_.observer(red->iface, config_of(*red, *address, point_to_point)));
  if (point_to_point) {
    const auto primary = primary_of(parts_.paths);
    if (primary && primary->device != red->iface) watch_cable(primary->device);
  }
}

// What is below a session: its carrier is lost before the session notices.
void RedDriver::watch_cable(const std::string& netdev) {
  cable_ = monitor_.watch_link(netdev,
                               [this, was = std::optional<bool>()](const LinkState& state) mutable {
                                 if (was == true && !state.carrier) report(fact::Carrier{false});
                                 if (was == false && state.carrier) report(fact::Carrier{true});
                                 was = state.carrier;
                               });
}

void RedDriver::leave() {
  cable_.reset();
  seen_.reset();
  drop_inner();
}

// ---------------------------------------------------------------- RED is ours

void RedDriver::take(bool kept) {
  files_ = FolderWatch();
  look_soon_.reset();
  leave();
  if (!sink_) return;
  if (!kept) report(fact::Device{false, ""});
  auto tester = parts_.tester(*owner_.primary());
  if (tester) {
    set_inner(std::move(tester));
  } else {
    report(fact::Trouble{
        Error{FailureClass::Permanent, red_link_name,
              "this kind of connection cannot be tried beside a backup; 'mwan-config failback' "
              "goes back to it"},
        std::nullopt});
  }
}

Task<void> RedDriver::give_back(bool kept) {
  co_await end_inner();
  if (!kept) report(fact::Device{false, ""});
}

// ---------------------------------------------------------------- both

void RedDriver::set_inner(std::unique_ptr<LinkDriver> driver) {
  drop_inner();
  inner_ = std::move(driver);
  if (!inner_) return;
  inner_->start([this, number = inners_](const Fact& fact) {
    if (number == inners_) report(fact);
  });
}

// From the loop: it may be what tells something right now.
void RedDriver::drop_inner() {
  ++inners_;
  if (inner_) loop_.post([gone = std::shared_ptr<LinkDriver>(std::move(inner_))] {});
}

Task<void> RedDriver::end_inner() {
  seen_.reset();
  cable_.reset();
  if (!inner_) co_return;
  co_await inner_->stop();
  drop_inner();
}

void RedDriver::report(Fact fact) {
  if (!sink_) return;
  const Sink sink = sink_;
  sink(std::move(fact));
}

}  // namespace mwan::failover::ipfire
