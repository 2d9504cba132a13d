// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be wrong with a USB modem before there is anything to talk to: it never stays in one
// mode, or its firmware is gone. Pure: fed with what discovery tells, it says what a person should
// know, once, and does nothing about it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "hal/discovery/discovery.hpp"
#include "hal/time.hpp"

namespace mwan {

struct UsbCondition {
  enum class What {
    ModeSwitchLoop,     // comes and goes, as storage and as modem or as the same device
    EmergencyDownload,  // 05c6:9008: waits for its firmware to be restored
  };
  What what = What::ModeSwitchLoop;
  std::string usb_device;  // syspath
  std::string text;        // for people: what it is, and what to do

  bool operator==(const UsbCondition&) const = default;
};

// Qualcomm's mode for restoring firmware (Emergency Download, EDL): no modem, only a loader.
bool is_emergency_download(const Port& port);

class UsbConditions {
 public:
  // A mode switch is two appearances, a reset one more; this many within that time are a loop.
  static constexpr std::size_t kAppearances = 6;
  static constexpr Duration kWindow = std::chrono::minutes(2);

  // Nothing when there is nothing new to say: each condition of a place is said once, and again
  // only after the place was quiet for the window.
  std::optional<UsbCondition> take(const PortEvent& event, Instant now);

 private:
  struct Place {
    std::set<std::string> ports;  // syspaths of what is there
    std::deque<Instant> appearances;
    std::set<std::string> identities;  // "12d1:1f01", within the window
    bool loop_told = false;
    bool emergency_told = false;
  };
  std::map<std::string, Place> places_;  // by syspath of the USB device
};

}  // namespace mwan
