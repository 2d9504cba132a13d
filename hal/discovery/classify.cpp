// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/classify.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mwan {
namespace {

enum class Serves { Phones, PhonesAndCards };

struct UsbDriver {
  std::string_view name;
  Serves serves;
};

// Drivers in drivers/net/usb of the kernel that phones and modems in router mode come with. Every
// other one there is made for a family of network cards (r8152, asix, ax88179_178a, smsc95xx ...).
constexpr std::array kUsbDrivers = {
    UsbDriver{"rndis_host", Serves::Phones},  // Android, Windows Mobile, sticks
    UsbDriver{"ipheth", Serves::Phones},      // iPhone
    UsbDriver{"cdc_subset", Serves::Phones},  // PDAs, gadgets
    UsbDriver{"cdc_eem", Serves::Phones},     // gadgets
    UsbDriver{"cdc_ether", Serves::PhonesAndCards},
    UsbDriver{"cdc_ncm", Serves::PhonesAndCards},
};

// Their sticks play router behind cdc_ether with an address of the maker's own range.
constexpr std::array<std::string_view, 3> kStickMakers = {
    "12d1",  // Huawei (HiLink)
    "19d2",  // ZTE
    "1bbb",  // Alcatel (TCL)
};

bool made_up_address(std::string_view mac) {
  // The second digit holds the lowest bits of the first byte: 2, 3, 6, 7, a, b, e, f have 0x02.
  return mac.size() >= 2 && std::string_view("2367abefABEF").find(mac[1]) != std::string_view::npos;
}

LinkKind usb_net_kind(const HardwareDevice& device) {
  const auto* driver = std::ranges::find(kUsbDrivers, device.net->driver, &UsbDriver::name);
  if (driver == kUsbDrivers.end()) return LinkKind::Ethernet;
  const bool phone = driver->serves == Serves::Phones || made_up_address(device.net->mac) ||
                     std::ranges::find(kStickMakers, device.vendor_id) != kStickMakers.end();
  return phone ? LinkKind::Tether : LinkKind::Ethernet;
}

}  // namespace

std::optional<LinkKind> link_kind_of(const HardwareDevice& device) {
  switch (device.kind) {
    case DeviceKind::QmiModem:
    case DeviceKind::MbimModem:
    case DeviceKind::NcmModem:
      return LinkKind::Modem;
    case DeviceKind::Iphone:
      return LinkKind::Tether;
    case DeviceKind::UsbNet:
      if (!device.net || device.net->devtype == "wlan") return std::nullopt;
      return usb_net_kind(device);
    case DeviceKind::Ethernet:
    case DeviceKind::Virtual:
      // Bridges, VLANs, bonds and radios say what they are; tunnels have no hardware address.
      if (!device.net || !device.net->devtype.empty() || device.net->mac.empty()) {
        return std::nullopt;
      }
      return LinkKind::Ethernet;
    case DeviceKind::EmergencyDownload:
    case DeviceKind::Other:
      break;
  }
  return std::nullopt;
}

}  // namespace mwan
