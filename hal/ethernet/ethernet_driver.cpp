// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <utility>

namespace mwan {

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
  sink_ = nullptr;
  if (brought_up_ && seen_ && seen_->present) {
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
  if (!state.admin_up) {
    bring_up();
    if (before && before->admin_up) carrier(false);
    return;
  }
  carrier(state.carrier);
}

void EthernetDriver::appeared() {
  brought_up_ = false;
  carrier_.reset();
  sink_(fact::Device{true, config_.netdev});
  const auto watch_gateway = [this](const std::optional<IpFamilyConfig>& family) {
    if (!family || !family->gateway) return LinkMonitor::Watch();
    const IpAddress gateway = *family->gateway;
    return monitor_.watch_neighbour(config_.netdev, gateway, [this, gateway](fact::Nud state) {
      sink_(fact::Gateway{gateway, state});
    });
  };
  gateway_v4_ = watch_gateway(config_.addressing.v4);
  gateway_v6_ = watch_gateway(config_.addressing.v6);
}

void EthernetDriver::disappeared() {
  gateway_v4_.reset();
  gateway_v6_.reset();
  debounce_.reset();
  carrier_.reset();
  brought_up_ = false;
  sink_(fact::Device{false, ""});
  trouble(FailureClass::Gone, "no network device named " + config_.netdev +
                                  ": is the card there and its driver loaded? ('ip link' lists the "
                                  "names.) Going on as soon as it appears");
}

void EthernetDriver::bring_up() {
  if (config_.observe_only) return;
  if (brought_up_) {
    trouble(FailureClass::Permanent,
            config_.netdev + " was set down by somebody else; it is left so until it is set up");
    return;
  }
  if (const auto status = monitor_.set_admin(config_.netdev, true); !status) {
    trouble(status.error().failure, status.error().text());
    return;
  }
  brought_up_ = true;
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
  debounce_ = loop_.after(config_.carrier_debounce, [this] {
    debounce_.reset();
    report_carrier(false);
  });
}

void EthernetDriver::report_carrier(bool up) {
  carrier_ = up;
  sink_(fact::Carrier{up});
  if (up) sink_(fact::Addressing{config_.addressing});
}

void EthernetDriver::trouble(FailureClass failure, const std::string& message) {
  sink_(fact::Trouble{Error{failure, config_.link, message}, std::nullopt});
}

}  // namespace mwan
