// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/utf16.hpp"

#include <cstdint>

namespace mwan::sim::mbim {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstSupplementary = 0x10000;
constexpr char32_t kHighSurrogate = 0xD800;
constexpr char32_t kLowSurrogate = 0xDC00;
constexpr char32_t kAfterSurrogates = 0xE000;
constexpr char32_t kLast = 0x10FFFF;

// Takes one character off the front.
char32_t take_utf8(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const unsigned more = lead >= 0xF0 && lead < 0xF8   ? 3
                        : lead >= 0xE0 && lead < 0xF0 ? 2
                        : lead >= 0xC2 && lead < 0xE0 ? 1
                                                      : 0;
  if (more == 0 || text.size() < more) return kReplacement;
  char32_t value = lead & (0x3FU >> more);
  for (unsigned i = 0; i < more; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xC0U) != 0x80U) return kReplacement;
    value = value << 6 | (next & 0x3FU);
  }
  text.remove_prefix(more);
  const bool surrogate = value >= kHighSurrogate && value < kAfterSurrogates;
  return surrogate || value > kLast ? kReplacement : value;
}

void put_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < kFirstSupplementary) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace

Bytes to_utf16(std::string_view utf8) {
  Bytes out;
  ByteWriter writer(out);
  while (!utf8.empty()) {
    const char32_t c = take_utf8(utf8);
    if (c < kFirstSupplementary) {
      writer.u16(static_cast<std::uint16_t>(c));
    } else {
      writer.u16(static_cast<std::uint16_t>(kHighSurrogate + ((c - kFirstSupplementary) >> 10)));
      writer.u16(static_cast<std::uint16_t>(kLowSurrogate + ((c - kFirstSupplementary) & 0x3FF)));
    }
  }
  return out;
}

std::string from_utf16(std::span<const std::uint8_t> utf16) {
  std::string out;
  ByteReader reader(utf16);
  while (reader.rest().size() >= 2) {
    char32_t c = reader.u16();
    if (c >= kHighSurrogate && c < kAfterSurrogates) {
      ByteReader ahead = reader;
      const char32_t low = ahead.u16();
      const bool pair =
          c < kLowSurrogate && ahead.ok() && low >= kLowSurrogate && low < kAfterSurrogates;
      if (pair) {
        reader = ahead;
        c = kFirstSupplementary + ((c - kHighSurrogate) << 10) + (low - kLowSurrogate);
      } else {
        c = kReplacement;
      }
    }
    put_utf8(out, c);
  }
  return out;
}

}  // namespace mwan::sim::mbim
