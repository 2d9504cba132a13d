// SPDX-License-Identifier: LGPL-2.1-or-later
// Information buffers for the tests of the decoders.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "modems/mbim/buffer.hpp"

namespace mwan::mbim {

inline Bytes words(std::initializer_list<std::uint32_t> values) {
  Writer out;
  for (const std::uint32_t value : values) out.u32(value);
  return out.done();
}

// Whether a decoder takes every prefix and every corruption of four aligned bytes of a message
// without touching anything outside of it (the sanitizers watch) and without endless lists.
template <class Decode>
void survive(const Bytes& good, Decode decode) {
  for (std::size_t size = 0; size <= good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    decode(ByteView(cut));
  }
  for (std::size_t at = 0; at + 4 <= good.size(); at += 4) {
    for (const std::uint32_t value : {0U, 1U, 7U, 0x7fffffffU, 0x80000000U, 0xfffffffcU, ~0U}) {
      Bytes bad = good;
      for (unsigned i = 0; i < 4; ++i) bad[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
      decode(ByteView(bad));
    }
  }
}

}  // namespace mwan::mbim
