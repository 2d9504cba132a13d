// SPDX-License-Identifier: LGPL-2.1-or-later
// A reset of the USB device behind a control port: for a modem that does not answer, where asking
// it is no use. USBDEVFS_RESET (usbfs, linux/usbdevice_fs.h) resets the port and keeps the device
// when it comes back the same; `authorized` in sysfs (Documentation/ABI/testing/sysfs-bus-usb)
// unbinds every driver and binds them again.
#pragma once

#include <string>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct UsbDevice {
  std::string name;  // of its place: "1-1.4"; survives a reset, unlike the numbers
  unsigned bus = 0;
  unsigned device = 0;

  bool operator==(const UsbDevice&) const = default;
};

// root stands before /sys and /dev, empty but for tests. Gone when the port is not there or is not
// on USB.
Result<UsbDevice> find_usb_device(const std::string& control_port, const std::string& root = {});
// The device that is in that place now.
Result<UsbDevice> usb_device_at(const std::string& name, const std::string& root = {});

// Blocks for as long as the kernel talks to the device: seconds, for one that hangs. Permanent when
// we have no right to, Gone when there is no such device, Transient otherwise. After success the
// control port may vanish and come back under another number.
Status reset_usb_device_now(const UsbDevice& device, const std::string& link,
                            const std::string& root = {});
// The same from a thread of its own, for the loop.
Task<Status> reset_usb_device(Loop& loop, UsbDevice device, std::string link, Cancel cancel,
                              std::string root = {});

}  // namespace mwan
