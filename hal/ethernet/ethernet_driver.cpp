// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <algorithm>
#include <utility>

namespace mwan {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kLastRetry = std::chrono::seconds(30);

}  // namespace

EthernetDriver::EthernetDriver(Loop& loop, LinkMonitor& monitor, EthernetConfig config)
    : loop_(loop), monitor_(monitor), config_(std::move(config)) {}

void EthernetDriver::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  link_watch_ = monitor_.watch_link(config_.netdev, [this](const LinkState& s) { look(s); });
}

Task<void> EthernetDriver::stop() {
  link_watch_.reset();
  gateway_v4_.reset();
  gateway_v6_.reset();
  debounce_.reset();
  retry_.reset();
  sink_ = nullptr;
  if (brought_up_ && seen_ && seen_->present && seen_->admin_up) {
    // Nobody is left to tell; what can go wrong here is that the device is gone already.
    (void)monitor_.set_admin(config_.netdev, false);
  }
  brought_up_ = false;
  seen_.reset();
  carrier_.reset();
  co_return;
}

void EthernetDriver::look(const LinkState& state) {
  const std::optional<LinkState> before = std::exchange(seen_, state);
  if (!state.present) {
    if (!before || before->present) disappeared();
    return;
  }
  if (!before || !before->present) appeared();
  if (!sink_) return;  // stopped by whoever was told
  if (state.admin_up) {
    left_down_ = false;
    retry_.reset();
    carrier(state.carrier);
    return;
  }
  // The loss first: it is what moves the traffic.
  if (carrier_ == true) report_carrier(false);
  if (!sink_ || config_.observe_only || left_down_) return;
  if (before && before->admin_up) {
    set_down_by_others();
  } else if (!brought_up_ && !retry_.active()) {
    bring_up();
  }
}

void EthernetDriver::appeared() {
  brought_up_ = false;
  left_down_ = false;
  back_off_ = Duration(0);
  carrier_.reset();
  report(fact::Device{true, config_.netdev});
  if (!sink_) return;
  const auto watch_gateway = [this](const std::optional<IpFamilyConfig>& family) {
    if (!family || !family->gateway) return LinkMonitor::Watch();
    const IpAddress gateway = *family->gateway;
    return monitor_.watch_neighbour(config_.netdev, gateway, [this, gateway](fact::Nud state) {
      report(fact::Gateway{gateway, state});
    });
  };
  gateway_v4_ = watch_gateway(config_.addressing.v4);
  gateway_v6_ = watch_gateway(config_.addressing.v6);
}

void EthernetDriver::disappeared() {
  gateway_v4_.reset();
  gateway_v6_.reset();
  debounce_.reset();
  retry_.reset();
  carrier_.reset();
  brought_up_ = false;
  report(fact::Device{false, ""});
  trouble(FailureClass::Gone, "no network device named " + config_.netdev +
                                  ": is the card there and its driver loaded? ('ip link' lists the "
                                  "names.) Going on as soon as it appears");
}

void EthernetDriver::bring_up() {
  const auto status = monitor_.set_admin(config_.netdev, true);
  if (status) {
    brought_up_ = true;
    return;
  }
  back_off_ = std::clamp(back_off_ * 2, kFirstRetry, kLastRetry);
  retry_ = loop_.after(back_off_, [this] {
    retry_.reset();
    bring_up();
  });
  trouble(status.error().failure, status.error().text(), back_off_);
}

void EthernetDriver::set_down_by_others() {
  // Whoever did it may want it to stay so: it is not ours to give back any more.
  brought_up_ = false;
  left_down_ = true;
  trouble(FailureClass::Permanent, config_.netdev +
                                       " was set down by somebody else; it is left so until "
                                       "somebody sets it up ('ip link set " +
                                       config_.netdev + " up')");
}

void EthernetDriver::carrier(bool up) {
  if (up) {
    debounce_.reset();
    if (carrier_ != true) report_carrier(true);
    return;
  }
  if (carrier_ == false || debounce_.active()) return;
  if (config_.carrier_debounce <= Duration(0) || !carrier_) {
    report_carrier(false);
    return;
  }
  debounce_ = loop_.after(config_.carrier_debounce, [this] { report_carrier(false); });
}

void EthernetDriver::report_carrier(bool up) {
  debounce_.reset();
  carrier_ = up;
  report(fact::Carrier{up});
  const bool any = config_.addressing.v4 || config_.addressing.v6;
  if (up && any) report(fact::Addressing{config_.addressing});
}

void EthernetDriver::trouble(FailureClass failure, const std::string& message,
                             std::optional<Duration> retry_in) {
  report(fact::Trouble{Error{failure, config_.link, message}, retry_in});
}

// Whoever is told may stop the driver in that call: what would have followed is not said any more.
void EthernetDriver::report(Fact fact) {
  if (!sink_) return;
  const Sink sink = sink_;
  sink(std::move(fact));
}

}  // namespace mwan
