// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a USB device is a modem of ours, asked while udev looks at it: before, or while, its
// drivers are bound. For udev's rules, which keep other programs off it.
#pragma once

#include <optional>
#include <string>

#include "failover/config/configuration.hpp"

namespace mwan::failover {

struct UsbFacts {
  std::string vendor;
  std::string product;
  std::string serial;
  std::string id_path;   // without the function
  bool modem = false;    // one of its functions is bound to a modem driver already
  std::string controls;  // names of its control channels, one a line: "cdc-wdm0\n"
};

// syspath: of the USB device, or of anything below it. root stands before syspath, empty but for
// tests. Nothing when it is on no USB device. id_path: what udev knows of it, may be empty.
std::optional<UsbFacts> read_usb_facts(const std::string& syspath, const std::string& id_path,
                                       const std::string& root = {});

// Why it is ours: the profile's name, or "AUTO_PROFILES"; nothing when nobody asks for it. A
// profile that says "any", or names a control channel, only knows a device by its modem driver, so
// it is not known to be ours before that is bound.
std::optional<std::string> usb_owner(const Configuration& configuration, const UsbFacts& usb);

}  // namespace mwan::failover
