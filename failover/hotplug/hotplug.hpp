// SPDX-License-Identifier: LGPL-2.1-or-later
// Plugging in and pulling out: what discovery tells, grouped into devices, given to profiles, and
// told to whoever drives the link of a profile.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hal/discovery/assign.hpp"
#include "hal/discovery/discovery.hpp"
#include "hal/discovery/usb_conditions.hpp"
#include "hal/loop.hpp"

namespace mwan::failover {

// NOTE Threading: on the loop's thread. Ownership: loop and discovery outlive this, this outlives
// the watches.
//
// There are no waiting times: a removal is acted on in the call that tells it, what is added in one
// turn of the loop is looked at together, and a device is given out when its ports are complete.
class Hotplug {
 public:
  using Watch = std::shared_ptr<void>;
  struct Calls {
    // The profile's device, from the loop: first as it is now, then when it becomes another one, is
    // named otherwise, or leaves (nothing). Between two devices there is always a nothing.
    std::function<void(const std::optional<HardwareDevice>&)> device;
    // What is wrong at its place, for people.
    std::function<void(const std::string&)> condition;
  };

  Hotplug(Loop& loop, Discovery& discovery);

  // Of all profiles; devices are given out anew.
  void set_claims(std::vector<DeviceClaim> claims);
  [[nodiscard]] Watch watch(const std::string& profile, Calls calls);

  // After devices came, went or were given out otherwise. One call, from the loop.
  void on_change(std::function<void()> call) { changed_ = std::move(call); }
  [[nodiscard]] std::span<const HardwareDevice> devices() const { return devices_; }
  [[nodiscard]] const Assignment& assignment() const { return assignment_; }

 private:
  struct Watcher {
    std::string profile;
    Calls calls;
    bool told_once = false;
    std::optional<HardwareDevice> told;
  };

  void take(const PortEvent& event);
  void settle();
  void settle_soon();
  void tell(Watcher& watcher);
  void say(const UsbCondition& condition);
  [[nodiscard]] const HardwareDevice* device_of(const std::string& profile) const;

  Loop& loop_;
  bool ready_ = false;  // what was there at the start has been told
  std::map<std::string, Port> ports_;
  std::vector<HardwareDevice> devices_;
  std::vector<DeviceClaim> claims_;
  Assignment assignment_;
  std::map<std::string, std::string> places_;  // profile to the last USB device that it had
  UsbConditions conditions_;
  std::vector<std::weak_ptr<Watcher>> watchers_;
  std::function<void()> changed_;
  SourceHandle soon_;
  SourceHandle begin_;
  Discovery::Watch watch_;
};

}  // namespace mwan::failover
