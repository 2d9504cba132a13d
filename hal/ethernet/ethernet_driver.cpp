// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <algorithm>
#include <utility>

namespace mwan {
namespace {

constexpr Duration kFirstRetry = std::chrono::seconds(1);
constexpr Duration kLastRetry = std::chrono::seconds(30);

}  // namespace

EthernetDriver::EthernetDriver(Loop& loop, LinkMonitor& monitor, EthernetConfig config,
                               AddressClients clients)
    : loop_(loop),
      monitor_(monitor),
      config_(std::move(config)),
      parts_(config_.addressing, clients.v4 != nullptr, config_.families_apart),
      clients_{runner(IpFamily::V4, std::move(clients.v4)),
               runner(IpFamily::V6, std::move(clients.v6))} {}

std::unique_ptr<ClientRunner> EthernetDriver::runner(IpFamily family,
                                                     std::unique_ptr<AddressClient> client) {
  if (!client) return nullptr;
  return std::make_unique<ClientRunner>(
      loop_, std::move(client),
      AddressClient::Calls{
          .got = [this, family](const IpConfig& config) { leased(family, config, ""); },
          .lost = [this, family](const std::string& why) { leased(family, std::nullopt, why); },
          .trouble =
              [this](const Error& error, std::optional<Duration> retry_in) {
                report(fact::Trouble{error, retry_in});
              }});
}

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
  down_words_.reset();
  sink_ = nullptr;
  head_start_.reset();
  want_clients(false);
  for (const auto& client : clients_) {
    if (client) co_await client->end();
  }
  if (brought_up_ && seen_ && seen_->present && seen_->admin_up) {
    // Nobody is left to tell; what can go wrong here is that the device is gone already.
    (void)monitor_.set_admin(config_.netdev, false);
  }
  brought_up_ = false;
  seen_.reset();
  carrier_.reset();
  parts_.clear();
  told_.reset();
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
    down_words_.reset();
    retry_.reset();
    want_clients(true);
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
  own_mtu_ = seen_->mtu;
  back_off_ = Duration(0);
  carrier_.reset();
  speed_.reset();
  report(fact::Device{true, config_.netdev});
  if (!sink_) return;
  if (!has_clients()) watch_gateways(config_.addressing);
  if (has_clients() && config_.observe_only && !parts_.whole()) {
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
    gateways_.push_back({gateway,
                         monitor_.watch_neighbour(
                             config_.netdev, gateway,
                             [this, gateway](fact::Nud state) { this->gateway(gateway, state); }),
                         std::nullopt,
                         {}});
  }
}

void EthernetDriver::gateway(const IpAddress& address, fact::Nud state) {
  const auto at = std::ranges::find(gateways_, address, &GatewayWatch::address);
  if (at == gateways_.end()) return;
  if (state == fact::Nud::Probing && at->told != state) {
    if (at->patience.active()) return;
    at->patience = loop_.after(config_.gateway_patience, [this, address] {
      const auto silent = std::ranges::find(gateways_, address, &GatewayWatch::address);
      silent->patience.reset();
      silent->told = fact::Nud::Probing;
      report(fact::Gateway{address, fact::Nud::Probing});
    });
    return;
  }
  at->patience.reset();
  if (at->told == state) return;
  at->told = state;
  report(fact::Gateway{address, state});
}

void EthernetDriver::look_closer() {
  if (carrier_ != true || config_.observe_only) return;
  for (const GatewayWatch& gateway : gateways_) {
    // What goes wrong here is seen elsewhere: the device has gone or lost its addresses.
    (void)monitor_.confirm_neighbour(config_.netdev, gateway.address);
  }
}

void EthernetDriver::look_at_speed() {
  const auto speed = monitor_.speed(config_.netdev);
  if (!speed || speed == speed_) return;
  speed_ = speed;
  report(*speed);
}

void EthernetDriver::disappeared() {
  gateways_.clear();
  parts_.clear();
  told_.reset();
  head_start_.reset();
  want_clients(false);
  debounce_.reset();
  retry_.reset();
  down_words_.reset();
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
  // The kernel sets a device down that it is about to remove.
  down_words_ = loop_.after(config_.vanish_patience, [this] {
    down_words_.reset();
    trouble(FailureClass::Permanent, config_.netdev +
                                         " was set down by somebody else; it is left so until "
                                         "somebody sets it up ('ip link set " +
                                         config_.netdev + " up')");
  });
}

void EthernetDriver::carrier(bool up) {
  if (up) {
    debounce_.reset();
    if (carrier_ != true) report_carrier(true);
    // Also after a loss too short to be told: with the carrier goes what was agreed on.
    if (sink_) look_at_speed();
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
  for (const auto& client : clients_) {
    if (client) client->carrier(up);
  }
  if (up) {
    if (parts_.waits_for_ipv4()) {
      head_start_ = loop_.after(kIpv4HeadStart, [this] {
        parts_.ipv4_is_late();
        look_at_parts("");
      });
    }
    look_at_parts("");
    return;
  }
  head_start_.reset();
  parts_.drop_leases();
  if (has_clients()) lost("the carrier is gone: the lease has to be confirmed");
}

// ---------------------------------------------------------------- addressing from the wire

void EthernetDriver::want_clients(bool wanted) {
  if (config_.observe_only) return;
  for (const auto& client : clients_) {
    if (client) client->want(wanted);
  }
}

void EthernetDriver::leased(IpFamily family, std::optional<IpConfig> config,
                            const std::string& why) {
  // RFC 4861 section 6.3.4: what a router says is at most what the device can.
  if (family == IpFamily::V6 && config && config->mtu >= own_mtu_) config->mtu.reset();
  parts_.set(family, std::move(config));
  if (carrier_ == true) look_at_parts(why);
}

// The same again is no news; without clients it is said whenever the device has become usable.
void EthernetDriver::look_at_parts(const std::string& why_not) {
  const auto config = parts_.whole();
  if (!config) {
    lost(why_not);
    return;
  }
  if (has_clients() && told_ == config) return;
  told_ = config;
  if (has_clients()) watch_gateways(*config);
  report(fact::Addressing{*config});
}

void EthernetDriver::lost(const std::string& why) {
  if (!told_) return;
  told_.reset();
  gateways_.clear();
  report(fact::AddressingLost{why});
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
