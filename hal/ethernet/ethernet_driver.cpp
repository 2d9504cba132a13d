// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <algorithm>
#include <utility>

namespace mwan {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kLastRetry = std::chrono::seconds(30);
// A client's stop is bounded; this is only how often to look.
constexpr Duration kClientPatience = std::chrono::seconds(5);

}  // namespace

EthernetDriver::EthernetDriver(Loop& loop, LinkMonitor& monitor, EthernetConfig config,
                               std::unique_ptr<AddressClient> client)
    : loop_(loop), monitor_(monitor), config_(std::move(config)), client_(std::move(client)) {}

void EthernetDriver::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  link_watch_ = monitor_.watch_link(config_.netdev, [this](const LinkState& s) { look(s); });
}

Task<void> EthernetDriver::stop() {
  link_watch_.reset();
  gateways_.clear();
  debounce_.reset();
  retry_.reset();
  sink_ = nullptr;
  want_client(false);
  const Cancel never;
  while (client_job_.running()) co_await client_moved_.wait(loop_, never, kClientPatience);
  if (brought_up_ && seen_ && seen_->present && seen_->admin_up) {
    // Nobody is left to tell; what can go wrong here is that the device is gone already.
    (void)monitor_.set_admin(config_.netdev, false);
  }
  brought_up_ = false;
  seen_.reset();
  carrier_.reset();
  leased_.reset();
  told_.reset();
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
    want_client(true);
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
  if (!client_) watch_gateways(config_.addressing);
  if (client_ && config_.observe_only) {
    trouble(FailureClass::Permanent, "dry run: nobody is asked for an address, so none is known");
  }
}

void EthernetDriver::watch_gateways(const IpConfig& config) {
  std::vector<GatewayWatch> before = std::exchange(gateways_, {});
  for (const auto& family : {config.v4, config.v6}) {
    if (!family || !family->gateway) continue;
    const IpAddress gateway = *family->gateway;
    const auto known = std::ranges::find(before, gateway, &GatewayWatch::address);
    if (known != before.end()) {
      gateways_.push_back(std::move(*known));
      continue;
    }
    gateways_.push_back({gateway, monitor_.watch_neighbour(config_.netdev, gateway,
                                                           [this, gateway](fact::Nud state) {
                                                             report(fact::Gateway{gateway, state});
                                                           })});
  }
}

void EthernetDriver::disappeared() {
  gateways_.clear();
  leased_.reset();
  told_.reset();
  want_client(false);
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
  if (up) {
    if (!client_ || leased_) report_addressing();
    return;
  }
  leased_.reset();
  if (client_ && told_) lost("the carrier is gone: the lease has to be confirmed");
}

// ---------------------------------------------------------------- addressing from the wire

void EthernetDriver::want_client(bool wanted) {
  if (!client_ || config_.observe_only) return;
  client_wanted_ = wanted;
  if (!client_job_.running() && client_wanted_ != client_runs_) client_job_.start(move_client());
}

// One step after the other: a client that is still stopping is not started.
Task<void> EthernetDriver::move_client() {
  while (client_wanted_ != client_runs_) {
    client_runs_ = client_wanted_;
    if (client_runs_) {
      client_->start({.got = [this](const IpConfig& config) { got(config); },
                      .lost =
                          [this](const std::string& why) {
                            leased_.reset();
                            lost(why);
                          },
                      .trouble =
                          [this](const Error& error, std::optional<Duration> retry_in) {
                            report(fact::Trouble{error, retry_in});
                          }});
    } else {
      co_await client_->stop();
    }
  }
  client_moved_.notify();
}

void EthernetDriver::got(const IpConfig& config) {
  leased_ = config;
  if (carrier_ == true) report_addressing();
}

void EthernetDriver::lost(const std::string& why) {
  if (!told_) return;
  told_.reset();
  gateways_.clear();
  report(fact::AddressingLost{why});
}

// The same again is no news; without a client it is said whenever the device has become usable.
void EthernetDriver::report_addressing() {
  const IpConfig config = addressing();
  if (!config.v4 && !config.v6) return;
  if (client_ && told_ == config) return;
  told_ = config;
  if (client_) watch_gateways(config);
  report(fact::Addressing{config});
}

IpConfig EthernetDriver::addressing() const {
  IpConfig out = config_.addressing;
  if (!leased_) return out;
  if (!out.v4) out.v4 = leased_->v4;
  if (!out.v6) out.v6 = leased_->v6;
  if (!out.mtu) out.mtu = leased_->mtu;
  return out;
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
