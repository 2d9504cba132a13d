// SPDX-License-Identifier: LGPL-2.1-or-later
// Fault malformed-lengths: a whole frame made to claim more than it holds.
#pragma once

#include <cstddef>
#include <string_view>

#include "tools/mwan-sim/codec/qmux.hpp"

namespace mwan::sim::qmi {

// what: "tlv" (of the first one), "message" (all TLVs together) or "frame" (QMUX: who believes it
// waits for the bytes of later frames). A message without TLVs lies in its own length instead.
inline void garble(Bytes& frame, std::string_view what) {
  constexpr std::size_t kServiceAt = 4;
  const bool control = frame.size() > kServiceAt && frame[kServiceAt] == kControlService;
  const std::size_t message_length = control ? 10 : 11;  // where the length of all TLVs is
  std::size_t at = message_length;
  if (what == "frame") at = 1;
  if (what == "tlv" && frame.size() > message_length + 4) at = message_length + 3;
  if (frame.size() < at + 2) return;
  frame[at] = 0xFF;
  frame[at + 1] = 0x7F;
}

}  // namespace mwan::sim::qmi
