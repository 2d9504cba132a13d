// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices for tests, as discovery would tell them.
#pragma once

#include <string>
#include <vector>

#include "hal/discovery/group.hpp"

namespace mwan::sample {

struct Usb {
  std::string place = "1-2";  // of usb1
  std::string vendor = "1199";
  std::string product = "9071";
  std::string serial = "LQ650551070110";
};

inline Port usb_port(const Usb& usb, const std::string& subsystem, const std::string& sysname,
                     const std::string& driver) {
  const std::string device = "/sys/devices/pci0000:00/0000:00:14.0/usb1/" + usb.place;
  const std::string function = device + "/" + usb.place + ":1.8";
  Port out;
  out.syspath = function + "/" + subsystem + "/" + sysname;
  out.subsystem = subsystem;
  out.sysname = sysname;
  out.devnode = subsystem == "net" ? "" : "/dev/" + sysname;
  out.driver = driver;
  out.usb_interface = function;
  out.usb_device = device;
  out.id_path = "pci-0000:00:14.0-usb-0:" + usb.place.substr(2) + ":1.8";
  out.vendor_id = usb.vendor;
  out.product_id = usb.product;
  out.serial = usb.serial;
  return out;
}

// Both ports of a modem, number N of the machine.
inline std::vector<Port> modem_ports(const Usb& usb, int number,
                                     const std::string& driver = "qmi_wwan") {
  const std::string n = std::to_string(number);
  return {usb_port(usb, "usbmisc", "cdc-wdm" + n, driver),
          usb_port(usb, "net", "wwan" + n, driver)};
}

inline Port usb_net(const Usb& usb, const std::string& name, const std::string& driver,
                    const std::string& mac) {
  Port out = usb_port(usb, "net", name, driver);
  out.mac = mac;
  return out;
}

inline Port card(const std::string& name, const std::string& mac,
                 const std::string& pci = "0000:02:00.0") {
  Port out;
  out.syspath = "/sys/devices/pci0000:00/" + pci + "/net/" + name;
  out.subsystem = "net";
  out.sysname = name;
  out.driver = "igb";
  out.id_path = "pci-" + pci;
  out.mac = mac;
  return out;
}

inline Port veth(const std::string& name, const std::string& mac) {
  Port out;
  out.syspath = "/sys/devices/virtual/net/" + name;
  out.subsystem = "net";
  out.sysname = name;
  out.mac = mac;
  return out;
}

inline HardwareDevice one(const std::vector<Port>& ports) { return group_ports(ports).at(0); }

}  // namespace mwan::sample
