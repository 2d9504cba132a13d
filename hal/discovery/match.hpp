// SPDX-License-Identifier: LGPL-2.1-or-later
// By what a profile knows its device again, whatever the kernel names it this time. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "hal/discovery/group.hpp"

namespace mwan {

// Conditions in words, separated by commas, which all have to hold: "usb:1199:9071,serial:LQ65".
struct DeviceMatch {
  bool any = false;  // "any": the first one there is; stands alone
  // Compared letter for letter, but that characters other than A-Z a-z 0-9 . : _ @ # + / - count as
  // "_" (in configuration files they cannot be written).
  std::string serial;   // "serial:LQ650551070110", what the device says of itself
  std::string mac;      // "mac:02:00:5e:10:00:01", lower case
  std::string path;     // "path:pci-0000:00:14.0-usb-0:2", udev's ID_PATH without the function
  std::string vendor;   // "usb:1199:9071", lower case
  std::string product;  // or "usb:1199", all products of a maker: empty

  bool operator==(const DeviceMatch&) const = default;
  [[nodiscard]] bool matches(const HardwareDevice& device) const;
  // Which of two profiles has the better claim to a device both match: the greater number.
  [[nodiscard]] int specificity() const;
  // Can be true of one device at a time only (but for makers that give all the same serial number).
  [[nodiscard]] bool unique() const { return !serial.empty() || !mac.empty() || !path.empty(); }
};

// The error says what is wrong and what is expected; without a place.
tl::expected<DeviceMatch, std::string> parse_match(std::string_view text);

// Text of a device as it can be written in a configuration file, and as it is compared: other
// characters become "_".
std::string as_written(std::string_view text);

// For the help text of the key and for errors.
inline constexpr std::string_view kMatchWords =
    "any, or of usb:VENDOR[:PRODUCT], serial:NUMBER, path:ID_PATH and mac:ADDRESS one or several "
    "separated by commas";

}  // namespace mwan
