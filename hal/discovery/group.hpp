// SPDX-License-Identifier: LGPL-2.1-or-later
// From ports to devices: which of them are one piece of hardware, and what it is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/discovery/port.hpp"

namespace mwan {

enum class DeviceKind {
  QmiModem,   // qmi_wwan
  MbimModem,  // cdc_mbim
  NcmModem,   // huawei_cdc_ncm: data like NCM, a control channel beside it
  UsbNet,     // a network device without a control channel: a phone, a modem acting as a router, a
              // USB network card (rndis_host, cdc_ether, cdc_ncm ...)
  Iphone,     // ipheth
  Ethernet,   // a network card
  Virtual,    // made by software: veth, bridge, VLAN, tun
  EmergencyDownload,  // a modem whose firmware is gone: usb_conditions.hpp
  Other,              // nothing that carries packets (yet): ports of it may still be missing
};
std::string_view name_of(DeviceKind kind);

struct HardwareDevice {
  DeviceKind kind = DeviceKind::Other;
  std::string id;  // syspath of the USB device, or of the only port
  // The pair to use: of one USB function where there is such a pair. Which of several is chosen
  // does not depend on the order in which they appeared.
  std::optional<Port> control;  // of the modem kinds
  std::optional<Port> net;
  std::vector<Port> others;  // serial ports, further pairs
  std::string id_path;       // of the place, without the function (":1.8") that its ports have
  std::string vendor_id;
  std::string product_id;
  std::string serial;
  bool candidate = false;  // one of its ports is marked by udev's rules

  bool operator==(const HardwareDevice&) const = default;
  // All that is needed to work with it is there; serial ports are not.
  [[nodiscard]] bool complete() const;
};

// In the order of their ids, whatever the order of the ports.
std::vector<HardwareDevice> group_ports(std::span<const Port> ports);

}  // namespace mwan
