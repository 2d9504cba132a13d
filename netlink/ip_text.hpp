// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses written as text, for tests.
#pragma once

#include "hal/ip.hpp"

namespace mwan::netlink {

inline IpPrefix prefix(const char* text) { return IpPrefix::parse(text).value_or(IpPrefix{}); }
inline IpAddress address(const char* text) { return IpAddress::parse(text).value_or(IpAddress{}); }

}  // namespace mwan::netlink
