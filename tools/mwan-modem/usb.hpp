// SPDX-License-Identifier: LGPL-2.1-or-later
// USB devices that are modems, or would be if something were not missing, out of sysfs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mwan::tool {

struct UsbFunction {
  unsigned number = 0;            // bInterfaceNumber
  std::uint8_t device_class = 0;  // bInterfaceClass, SubClass and Protocol (usb.org class codes)
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::string driver;  // empty: none is bound
  bool operator==(const UsbFunction&) const = default;
};

// Texts are the device's own: untrusted, without control characters.
struct UsbUnit {
  std::string place;    // "1-2": bus and ports
  std::string syspath;  // below root: "/sys/bus/usb/devices/1-2"
  std::string vendor_id;
  std::string product_id;
  std::string name;  // manufacturer and product
  std::vector<UsbFunction> functions;
  bool operator==(const UsbUnit&) const = default;
  [[nodiscard]] std::string id() const { return vendor_id + ":" + product_id; }
};

// root stands before /sys, empty but for tests.
std::vector<UsbUnit> usb_devices(const std::string& root = {});

// --- pure, about one device
bool has_modem_driver(const UsbUnit& device);
// Qualcomm's emergency download mode: the firmware does not start.
bool in_emergency_download(const UsbUnit& device);
// A maker of modems, showing nothing but its driver disk.
bool in_storage_mode(const UsbUnit& device);
// A modem by its driver, its functions (MBIM) or its maker.
bool looks_like_modem(const UsbUnit& device);
// The kernel module that a modem without driver wants: "cdc_mbim" or "qmi_wwan".
std::string wanted_module(const UsbUnit& device);

}  // namespace mwan::tool
