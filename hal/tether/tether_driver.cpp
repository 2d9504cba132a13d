// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/tether/tether_driver.hpp"

#include <algorithm>
#include <utility>

namespace mwan {

TetherDriver::TetherDriver(Loop& loop, TetherConfig config, std::unique_ptr<LinkDriver> ethernet,
                           Reset reset)
    : loop_(loop),
      config_(std::move(config)),
      ethernet_(std::move(ethernet)),
      reset_(std::move(reset)) {}

void TetherDriver::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  stop_ = Cancel();
  ethernet_->start([this](const Fact& fact) { take(fact); });
}

Task<void> TetherDriver::stop() {
  sink_ = nullptr;
  timer_.reset();
  explain_.reset();
  stop_.cancel();
  curing_.reset();
  if (config_.dead_carrier) config_.dead_carrier->gone();
  co_await ethernet_->stop();
}

void TetherDriver::take(const Fact& fact) {
  if (!sink_) return;
  // First of all: it may be what moves the traffic.
  const Sink sink = sink_;
  sink(fact);
  if (!sink_) return;
  if (const auto* carrier = std::get_if<fact::Carrier>(&fact)) {
    look_at_carrier(carrier->up);
  } else if (const auto* device = std::get_if<fact::Device>(&fact); device && !device->present) {
    asked_ = false;
    explain_.reset();
    if (config_.dead_carrier) config_.dead_carrier->gone();
    arm();
  }
}

void TetherDriver::look_at_carrier(bool up) {
  if (config_.dead_carrier) config_.dead_carrier->carrier(up, Loop::now());
  arm();
  if (up) explain_.reset();
  if (!std::exchange(asked_, true) && !up) {
    explain_ = loop_.after(config_.patience, [this] { explain(); });
  }
}

void TetherDriver::explain() {
  explain_.reset();
  trouble(FailureClass::Transient,
          "the phone is there and gives no network: unlock it, switch tethering (an iPhone calls "
          "it Personal Hotspot) on and let it trust this computer. Going on as soon as it does");
}

void TetherDriver::arm() {
  timer_.reset();
  if (!config_.dead_carrier || curing_.running()) return;
  const auto at = config_.dead_carrier->deadline();
  if (!at) return;
  timer_ = loop_.after(std::max(Duration(0), *at - Loop::now()), [this] {
    timer_.reset();
    if (config_.dead_carrier->reset_due(Loop::now())) curing_.start(cure());
  });
}

Task<void> TetherDriver::cure() {
  trouble(
      FailureClass::Transient,
      "no carrier since it was lost, as after a restart of the phone: resetting its USB device");
  const Status done = co_await reset_(stop_);
  if (!done && !stop_.cancelled()) trouble(done.error().failure, done.error().text());
  // Not from inside this task, which arm() would take for running.
  timer_ = loop_.soon([this] { arm(); });
}

void TetherDriver::trouble(FailureClass failure, const std::string& message) {
  if (!sink_) return;
  const Sink sink = sink_;
  sink(fact::Trouble{Error{failure, config_.link, message}, std::nullopt});
}

}  // namespace mwan
