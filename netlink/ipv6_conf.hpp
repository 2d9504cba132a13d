// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's IPv6 settings of one network device: /proc/sys/net/ipv6/conf/DEVICE/NAME. Netlink
// can read them and not set them.
#pragma once

#include <optional>
#include <string>

#include "hal/error.hpp"

namespace mwan::netlink {

// In the network namespace of the calling thread. Nothing: there is no such device, or no IPv6.
std::optional<int> ipv6_conf(const std::string& netdev, const char* name);
// FailureClass::Gone without such a device.
Status set_ipv6_conf(const std::string& netdev, const char* name, int value);

}  // namespace mwan::netlink
