// SPDX-License-Identifier: LGPL-2.1-or-later
// Little-endian byte reading with bounds checks, and writing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mwan::sim {

using Bytes = std::vector<std::uint8_t>;

// Reading past the end yields zeros and makes ok() false for good: read everything, check once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::span<const std::uint8_t> rest() const { return rest_; }

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::int8_t i8() { return static_cast<std::int8_t>(u8()); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::uint64_t u64() { return number<std::uint64_t>(); }

  // Empty, and not ok, when fewer than count bytes are left.
  std::span<const std::uint8_t> bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  template <class T>
  T number() {
    const auto raw = bytes(sizeof(T));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) value |= std::uint64_t{raw[i]} << (8 * i);
    return static_cast<T>(value);
  }

  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

// Appends to a buffer that outlives it.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(&out) {}

  ByteWriter& u8(std::uint8_t v) { return number(v); }
  ByteWriter& i8(std::int8_t v) { return number(v); }
  ByteWriter& u16(std::uint16_t v) { return number(v); }
  ByteWriter& i16(std::int16_t v) { return number(v); }
  ByteWriter& u32(std::uint32_t v) { return number(v); }
  ByteWriter& i32(std::int32_t v) { return number(v); }
  ByteWriter& u64(std::uint64_t v) { return number(v); }
  ByteWriter& bytes(std::span<const std::uint8_t> v) {
    out_->insert(out_->end(), v.begin(), v.end());
    return *this;
  }
  ByteWriter& text(std::string_view v) {
    out_->insert(out_->end(), v.begin(), v.end());
    return *this;
  }

 private:
  template <class T>
  ByteWriter& number(T v) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(v);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      out_->push_back(static_cast<std::uint8_t>(std::uint64_t{bits} >> (8 * i)));
    }
    return *this;
  }

  Bytes* out_;
};

}  // namespace mwan::sim
