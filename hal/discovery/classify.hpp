// SPDX-License-Identifier: LGPL-2.1-or-later
// Which kind of link a device can be: from the kernel driver of its ports and, where one driver
// serves phones and network cards alike, from its maker and its address. Pure.
#pragma once

#include <optional>

#include "hal/discovery/group.hpp"
#include "hal/link_event.hpp"

namespace mwan {

// Nothing for what is no uplink: bridges, wireless devices, tunnels, devices without network.
//
// A USB network device is a tether (a phone, or a stick that plays router) or a network card.
// cdc_ether and cdc_ncm serve both; told apart as the kernel's usbnet tells "usb0" from "eth0"
// (usbnet_probe()): what made its hardware address up (the locally administered bit, IEEE 802
// section 8.4) is no card. Makers of sticks that carry a proper address are in a table.
std::optional<LinkKind> link_kind_of(const HardwareDevice& device);

// Every byte through it costs, as a rule: modems and tethers.
constexpr bool metered_by_nature(LinkKind kind) {
  return kind == LinkKind::Modem || kind == LinkKind::Tether;
}

}  // namespace mwan
