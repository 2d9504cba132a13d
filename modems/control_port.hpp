// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel knows about a modem's control port: its protocol, its network device and its USB
// function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "modems/modem_config.hpp"
#include "modems/quirks/table.hpp"

namespace mwan {

// What the kernel driver of the port speaks: qmi_wwan QMI, cdc_mbim MBIM;
// a port of the wwan class says it itself (kernel Documentation/ABI/testing/sysfs-class-wwan). Gone
// while there is no such port.
Result<ModemProtocol> port_protocol(const std::string& device, const std::string& root = {});
// device is the control port ("/dev/cdc-wdm0"); root stands before /sys, empty but for tests.
// The network device that shares its USB interface; nothing for a port the kernel does not know.
std::optional<std::string> find_netdev(const std::string& device, const std::string& root = {});
// Vendor and product of the USB device behind it; nothing for a port that is not on USB.
std::optional<UsbId> usb_id(const std::string& device, const std::string& root = {});
// bInterfaceNumber of that interface, which some modems want to be told (endpoint info).
std::optional<std::uint32_t> usb_interface_number(const std::string& device,
                                                  const std::string& root = {});
// The kernel refuses to change the framing of a device that is up.
Status set_link_down(const std::string& netdev);

// What is known of the modem at this port, with config.quirk_overrides over it.
Quirks resolve_quirks(const ModemConfig& config, const ModemIdentity& identity);

}  // namespace mwan
