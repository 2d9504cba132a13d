// SPDX-License-Identifier: LGPL-2.1-or-later
// What the system says about one way to reach a piece of hardware: a network device, a control
// channel, a serial port; or a whole USB device without any of these. Untrusted text: it comes from
// devices.
#pragma once

#include <string>

namespace mwan {

struct Port {
  std::string syspath;    // "/sys/devices/..."; what it is known by
  std::string subsystem;  // "net", "usbmisc", "tty", "usb" (a whole device)
  std::string sysname;    // "wwan0", "cdc-wdm0", "ttyUSB2"
  std::string devnode;    // "/dev/cdc-wdm0"; empty for network devices
  std::string devtype;    // of network devices: "wwan", "wlan", "bridge"; mostly empty
  std::string driver;  // of the hardware behind it: "qmi_wwan", "e1000e"; empty where there is none
  // Of the USB function and the whole USB device it belongs to; empty when it is not on USB. Ports
  // of one function (".../1-2:1.8") belong together more closely than those of one device.
  std::string usb_interface;
  std::string usb_device;
  std::string id_path;     // udev's stable name of the place it is plugged into
  std::string vendor_id;   // "1199", as the hardware says: four hexadecimal digits
  std::string product_id;  // "9071"
  std::string serial;
  std::string mac;         // of network devices: "02:00:5e:10:00:01"; empty where there is none
  bool candidate = false;  // marked by udev's rules (ID_MWAN_CANDIDATE=1, docs/hotplug.md)

  bool operator==(const Port&) const = default;
};

}  // namespace mwan
