// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages for the tests of the decoders.
#pragma once

#include <initializer_list>

#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

inline Bytes message(std::initializer_list<Tlv> elements) {
  Bytes out;
  for (const Tlv& element : elements) {
    out.push_back(element.type);
    out.push_back(static_cast<std::uint8_t>(element.value.size()));
    out.push_back(static_cast<std::uint8_t>(element.value.size() >> 8U));
    out.insert(out.end(), element.value.begin(), element.value.end());
  }
  return out;
}

// Whether a decoder takes every prefix and every single-byte corruption of a message without
// touching anything outside of it (the sanitizers watch) and without inventing endless lists.
template <class Decode>
void survive(const Bytes& good, Decode decode) {
  for (std::size_t size = 0; size <= good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    decode(TlvView(cut));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      Bytes bad = good;
      bad[at] = static_cast<std::uint8_t>(value);
      decode(TlvView(bad));
    }
  }
}

}  // namespace mwan::qmi
