// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes from a modem, read with bounds: all integers little endian. Nothing here trusts a length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mwan {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Reads a value from the front; past the end it gives zeros and ok() turns false for good. Bytes
// left over are no error: firmware appends fields to known elements.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(little(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little(4)); }
  std::uint64_t u64() { return little(8); }
  std::int8_t i8() { return static_cast<std::int8_t>(u8()); }
  std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
  // Empty when there are fewer.
  ByteView bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const ByteView out = rest_.first(count);
    rest_ = rest_.subspan(count);
    return out;
  }
  void skip(std::size_t count) { bytes(count); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

 private:
  std::uint64_t little(std::size_t count) {
    const ByteView raw = bytes(count);
    std::uint64_t value = 0;
    for (std::size_t i = raw.size(); i > 0; --i) value = (value << 8U) | raw[i - 1];
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace mwan
