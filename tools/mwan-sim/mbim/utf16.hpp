// SPDX-License-Identifier: LGPL-2.1-or-later
// Text as MBIM carries it: UTF-16, little-endian.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::mbim {

// What is no UTF-8, or no UTF-16, becomes U+FFFD.
Bytes to_utf16(std::string_view utf8);
// An odd byte at the end is left out.
std::string from_utf16(std::span<const std::uint8_t> utf16);

}  // namespace mwan::sim::mbim
