// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/text.hpp"

#include <algorithm>

namespace mwan {
namespace {

// The bytes of the UTF-8 sequence (RFC 3629) at the front, 0 when it is not one.
std::size_t utf8_sequence(ByteView text) {
  const std::uint8_t lead = text[0];
  const std::size_t size = lead < 0x80                    ? 1
                           : lead >= 0xc2 && lead <= 0xdf ? 2
                           : lead >= 0xe0 && lead <= 0xef ? 3
                           : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                          : 0;
  if (size == 0 || size > text.size()) return 0;
  const auto rest = text.subspan(1, size - 1);
  if (!std::ranges::all_of(rest, [](std::uint8_t b) { return (b & 0xc0U) == 0x80; })) return 0;
  // Overlong forms, surrogates and values past U+10FFFF show in the second byte.
  if (lead == 0xe0 && text[1] < 0xa0) return 0;
  if (lead == 0xed && text[1] > 0x9f) return 0;
  if (lead == 0xf0 && text[1] < 0x90) return 0;
  if (lead == 0xf4 && text[1] > 0x8f) return 0;
  return size;
}

bool control(ByteView sequence) {
  if (sequence.size() == 1) return sequence[0] < 0x20 || sequence[0] == 0x7f;
  return sequence.size() == 2 && sequence[0] == 0xc2 && sequence[1] < 0xa0;  // C1
}

}  // namespace

std::string clean_text(ByteView text, std::size_t max_bytes) {
  std::string utf8;
  bool valid = true;
  for (std::size_t at = 0; at < text.size() && valid;) {
    const std::size_t size = utf8_sequence(text.subspan(at));
    valid = size != 0 && !control(text.subspan(at, size));
    if (!valid || utf8.size() + size > max_bytes) break;
    utf8.append(text.begin() + static_cast<std::ptrdiff_t>(at),
                text.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  if (valid) return utf8;

  std::string ascii;
  for (const std::uint8_t byte : text.first(std::min(text.size(), max_bytes))) {
    ascii.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
  }
  return ascii;
}

}  // namespace mwan
