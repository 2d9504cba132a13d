// SPDX-License-Identifier: LGPL-2.1-or-later
// What every fuzz target has: one function that takes any bytes, and a way to say that something
// does not hold. The sanitizers watch the rest.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace mwan::fuzz {

using ByteView = std::span<const std::uint8_t>;

// Defined once a target. input is a buffer of exactly its size: one byte further is a finding.
void take(ByteView input);

// Ends the run, and libFuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  static_cast<void>(std::fprintf(stderr, "does not hold: %s\n", what));
  std::abort();
}

inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The first byte, which chooses something; 0 when there is none.
inline std::uint8_t take_byte(ByteView& rest) {
  if (rest.empty()) return 0;
  const std::uint8_t byte = rest.front();
  rest = rest.subspan(1);
  return byte;
}

}  // namespace mwan::fuzz
