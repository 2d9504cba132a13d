// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/hotplug_link.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace mwan::failover {

HotplugLink::HotplugLink(Loop& loop, LinkMonitor& monitor, Hotplug& hotplug,
                         HotplugLinkConfig config, Make make)
    : loop_(loop),
      monitor_(monitor),
      hotplug_(hotplug),
      config_(std::move(config)),
      make_(std::move(make)) {}

void HotplugLink::start(Sink sink) {
  if (sink_) return;
  sink_ = std::move(sink);
  const auto condition = [this](const std::string& text) {
    report(fact::Trouble{Error{FailureClass::Gone, config_.link, text}, std::nullopt});
  };
  watch_ = hotplug_.watch(
      config_.link,
      {[this](const std::optional<HardwareDevice>& device) { look(device); }, condition});
}

Task<void> HotplugLink::stop() {
  watch_.reset();
  netdev_watch_.reset();
  look_again_.reset();
  addressing_.reset();
  held_back_ = false;
  sink_ = nullptr;
  device_.reset();
  ++generation_;
  if (driver_) {
    co_await driver_->stop();
    driver_.reset();
  }
  const Cancel never;
  // Its stop() is bounded; this only keeps the wait from being for ever.
  constexpr Duration kLong = std::chrono::minutes(1);
  while (ending_.running()) co_await ended_.wait(loop_, never, kLong);
}

void HotplugLink::set_level(LinkLevel level) {
  level_ = level;
  if (driver_) driver_->set_level(level);
}

void HotplugLink::look(const std::optional<HardwareDevice>& device) {
  device_ = device;
  netdev_watch_.reset();
  netdev_seen_ = false;
  admin_up_ = false;
  lost_ = false;
  if (!device) {
    if (driver_) {
      leave();
    } else if (can_try_by_name()) {
      begin();
    } else if (!waiting_) {
      report(fact::Device{false, ""});
      wait_for_device();
    }
    return;
  }
  if (device->net) {
    netdev_watch_ = monitor_.watch_link(device->net->sysname,
                                        [this](const LinkState& state) { look_at_netdev(state); });
  }
  // One that was tried by its name before discovery knew of it goes on. Otherwise the driver begins
  // when the kernel's links know of the device too: its two reports come in either order.
  if (!driver_ && !device->net) begin();
}

// The kernel's report of a link comes before udev has looked at the same event.
void HotplugLink::look_at_netdev(const LinkState& state) {
  if (state.present) {
    netdev_seen_ = true;
    lost_ = false;  // or back, and discovery did not see it go
    if (!driver_) begin();
    look_at_admin(state.admin_up);
  } else if (netdev_seen_ && !lost_) {
    lost_ = true;
    if (driver_) leave();
  }
}

// Set down by whoever withdraws addresses it may be up again for the next ones: that is in the
// kernel's next report, which has come when all of them were read.
void HotplugLink::look_at_admin(bool up) {
  if (!config_.drop_when_gone) return;
  const bool was_up = std::exchange(admin_up_, up);
  if (up) {
    look_again_.reset();
    if (std::exchange(held_back_, false) && addressing_) {
      report(fact::Addressing{*std::exchange(addressing_, std::nullopt)});
    }
  } else if (was_up && addressing_ && !held_back_) {
    look_again_ = loop_.soon([this] {
      look_again_.reset();
      if (!addressing_) return;
      held_back_ = true;
      const Sink sink = sink_;
      sink(fact::AddressingLost{"its network device was set down"});
    });
  }
}

void HotplugLink::begin() {
  if (ending_.running()) return;  // end() goes on here
  waiting_ = false;
  driver_ = make_(device_ ? &*device_ : nullptr);
  driver_->set_level(level_);
  const unsigned generation = ++generation_;
  driver_->start([this, generation](const Fact& fact) {
    if (generation == generation_) report(fact);
  });
}

void HotplugLink::leave() {
  ++generation_;
  // First of all: this is what moves the traffic.
  report(fact::Device{false, ""});
  if (!sink_ || !driver_) return;  // whoever was told stopped us
  if (config_.drop_when_gone) {
    // From the loop: this call may come out of something the driver waits for.
    dropping_ = loop_.soon(
        [this, gone = std::shared_ptr<LinkDriver>(std::move(driver_))] { dropping_.reset(); });
  } else {
    ending_.start(end(std::move(driver_)));
  }
  wait_for_device();
}

Task<void> HotplugLink::end(std::unique_ptr<LinkDriver> gone) {
  co_await gone->stop();
  gone.reset();
  // Not from inside the task that begin() would take for running.
  loop_.post([this, alive = std::weak_ptr<void>(watch_)] {
    if (!alive.expired() && !driver_ && device_ && netdev_seen_ && !lost_) begin();
  });
  ended_.notify();
}

void HotplugLink::wait_for_device() {
  waiting_ = true;
  report(fact::Trouble{
      Error{FailureClass::Gone, config_.link,
            fmt::format("waiting for its device to be plugged in ({})", config_.wanted)},
      std::nullopt});
}

// Modems on other buses have names that discovery knows nothing of.
bool HotplugLink::can_try_by_name() const {
  if (config_.control.empty()) return false;
  return !config_.control.starts_with("/dev/cdc-wdm") ||
         ::access(config_.control.c_str(), F_OK) == 0;
}

void HotplugLink::report(const Fact& fact) {
  if (!sink_) return;
  if (const auto* addressing = std::get_if<fact::Addressing>(&fact)) {
    addressing_ = addressing->config;
    held_back_ = false;  // whoever gets these sets the device up
  } else if (std::holds_alternative<fact::AddressingLost>(fact) ||
             std::holds_alternative<fact::Device>(fact)) {
    addressing_.reset();
    held_back_ = false;
    look_again_.reset();
  }
  const Sink sink = sink_;
  sink(fact);
}

}  // namespace mwan::failover
