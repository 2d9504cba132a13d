// SPDX-License-Identifier: LGPL-2.1-or-later
// Fault malformed-lengths: a whole MBIM frame made to claim more than 800 MB.
#pragma once

#include <cstddef>
#include <string_view>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::mbim {

// what: "frame" (MessageLength of the header: who believes it waits for the bytes of later frames),
// else InformationBufferLength of a CommandDone. A frame without one lies in its header.
inline void garble(Bytes& frame, std::string_view what) {
  constexpr std::size_t kMessageLength = 4;
  constexpr std::size_t kBufferLength = 44;  // header 12, fragment 8, UUID 16, CID 4, status 4
  const std::size_t at =
      what != "frame" && frame.size() >= kBufferLength + 4 ? kBufferLength : kMessageLength;
  if (frame.size() < at + 4) return;
  frame[at + 3] = 0x32;  // 50 times 16 MiB
}

}  // namespace mwan::sim::mbim
