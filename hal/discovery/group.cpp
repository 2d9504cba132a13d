// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/group.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "hal/discovery/usb_conditions.hpp"

namespace mwan {
namespace {

bool is_net(const Port& port) { return port.subsystem == "net"; }

bool is_control(const Port& port) {
  return port.subsystem == "usbmisc" && port.sysname.starts_with("cdc-wdm");
}

// What a control channel is for is said by the driver that made it.
std::optional<DeviceKind> modem_kind(const std::string& driver) {
  if (driver == "qmi_wwan") return DeviceKind::QmiModem;
  if (driver == "cdc_mbim") return DeviceKind::MbimModem;
  if (driver == "huawei_cdc_ncm") return DeviceKind::NcmModem;
  return std::nullopt;
}

// cdc-wdm2 before cdc-wdm10, 1-2:1.4 before 1-2:1.10: the shorter of two numbers is the smaller.
bool before(const Port& a, const Port& b) {
  const auto key = [](const Port& port) {
    return std::tuple(port.usb_interface.size(), std::string_view(port.usb_interface),
                      port.sysname.size(), std::string_view(port.sysname),
                      std::string_view(port.syspath));
  };
  return key(a) < key(b);
}

using Ports = std::vector<Port>;

Port take(Ports& ports, Ports::iterator at) {
  Port out = std::move(*at);
  ports.erase(at);
  return out;
}

// The control channel of a modem with the network device of the same function, as far as there is
// one; else the first of each that a modem driver made.
void pick_pair(Ports& ports, HardwareDevice& out) {
  const auto modem_control = [](const Port& port) {
    return is_control(port) && modem_kind(port.driver).has_value();
  };
  auto control = std::ranges::find_if(ports, [&](const Port& port) {
    return modem_control(port) && std::ranges::any_of(ports, [&](const Port& other) {
             return is_net(other) && other.usb_interface == port.usb_interface;
           });
  });
  if (control == ports.end()) control = std::ranges::find_if(ports, modem_control);
  if (control != ports.end()) out.control = take(ports, control);

  auto net = ports.end();
  if (out.control) {
    net = std::ranges::find_if(ports, [&](const Port& port) {
      return is_net(port) && port.usb_interface == out.control->usb_interface;
    });
    if (net == ports.end()) {
      net = std::ranges::find_if(ports, [&](const Port& port) {
        return is_net(port) && port.driver == out.control->driver;
      });
    }
  } else {
    net = std::ranges::find_if(ports, is_net);
  }
  if (net != ports.end()) out.net = take(ports, net);
}

DeviceKind kind_of(const HardwareDevice& device) {
  if (std::ranges::any_of(device.others, is_emergency_download)) {
    return DeviceKind::EmergencyDownload;
  }
  if (device.control) return modem_kind(device.control->driver).value_or(DeviceKind::Other);
  if (!device.net) return DeviceKind::Other;
  // The network device of a modem whose control channel is still to come.
  if (const auto modem = modem_kind(device.net->driver)) return *modem;
  if (device.net->driver == "ipheth") return DeviceKind::Iphone;
  if (!device.net->usb_device.empty()) return DeviceKind::UsbNet;
  const bool software = device.net->syspath.find("/devices/virtual/") != std::string::npos;
  return software ? DeviceKind::Virtual : DeviceKind::Ethernet;
}

// "pci-0000:00:14.0-usb-0:2:1.8" is function 8 of what is plugged in at "pci-0000:00:14.0-usb-0:2".
std::string place_of(const Port& port) {
  const auto colon = port.usb_interface.rfind(':');
  if (colon == std::string::npos) return port.id_path;
  const std::string_view function = std::string_view(port.usb_interface).substr(colon);
  std::string_view place = port.id_path;
  if (place.ends_with(function)) place.remove_suffix(function.size());
  return std::string(place);
}

HardwareDevice device_of(const std::string& id, Ports ports) {
  std::ranges::sort(ports, before);
  HardwareDevice out;
  out.id = id;
  for (const Port& port : ports) {
    // They all say the same, except those that came before udev had looked at them.
    if (out.id_path.empty()) out.id_path = place_of(port);
    out.candidate = out.candidate || port.candidate;
    if (out.vendor_id.empty()) out.vendor_id = port.vendor_id;
    if (out.product_id.empty()) out.product_id = port.product_id;
    if (out.serial.empty()) out.serial = port.serial;
  }
  pick_pair(ports, out);
  out.others = std::move(ports);
  out.kind = kind_of(out);
  return out;
}

}  // namespace

std::string_view name_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::QmiModem:
      return "QMI modem";
    case DeviceKind::MbimModem:
      return "MBIM modem";
    case DeviceKind::NcmModem:
      return "NCM modem";
    case DeviceKind::UsbNet:
      return "USB network device";
    case DeviceKind::Iphone:
      return "iPhone";
    case DeviceKind::Ethernet:
      return "network card";
    case DeviceKind::Virtual:
      return "virtual network device";
    case DeviceKind::EmergencyDownload:
      return "modem in emergency download mode";
    case DeviceKind::Other:
      break;
  }
  return "device without network";
}

bool HardwareDevice::complete() const {
  switch (kind) {
    case DeviceKind::QmiModem:
    case DeviceKind::MbimModem:
    case DeviceKind::NcmModem:
      return control && net;
    case DeviceKind::EmergencyDownload:
    case DeviceKind::Other:
      return false;
    default:
      return net.has_value();
  }
}

std::vector<HardwareDevice> group_ports(std::span<const Port> ports) {
  std::map<std::string, Ports> groups;
  for (const Port& port : ports) {
    groups[port.usb_device.empty() ? port.syspath : port.usb_device].push_back(port);
  }
  std::vector<HardwareDevice> out;
  out.reserve(groups.size());
  for (auto& [id, members] : groups) out.push_back(device_of(id, std::move(members)));
  return out;
}

}  // namespace mwan
