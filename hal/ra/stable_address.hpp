// SPDX-License-Identifier: LGPL-2.1-or-later
// An address of a network that is always the same on this link and says nothing about the hardware:
// RFC 7217. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "hal/ip.hpp"

namespace mwan {

// prefix is a /64. The identifier differs from what the kernel makes of a hardware address, so that
// its addresses and ours are never one. secret: at least 16 bytes that nobody else knows.
IpAddress stable_address(const IpPrefix& prefix, std::string_view link,
                         std::span<const std::uint8_t> secret);

}  // namespace mwan
