// SPDX-License-Identifier: LGPL-2.1-or-later
// The type-length-value elements of a QMI message: bounds-checked reading of what a modem sent, and
// the writing of what it is asked. All integers little endian unless a name says otherwise.
// Pure: bytes in, values out; nothing here trusts a length or a count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/error.hpp"

namespace mwan::qmi {

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

// The elements of one message, in place. The bytes must outlive the view.
class TlvView {
 public:
  explicit TlvView(ByteView bytes) : bytes_(bytes) {}

  // The value of the first element of a type; an element that claims more bytes than there are
  // ends the message.
  [[nodiscard]] std::optional<ByteView> find(std::uint8_t type) const;
  [[nodiscard]] bool has(std::uint8_t type) const { return find(type).has_value(); }
  // Whether the elements fill the message exactly.
  [[nodiscard]] bool well_formed() const;

 private:
  ByteView bytes_;
};

// One element of a request.
struct Tlv {
  std::uint8_t type = 0;
  Bytes value;

  bool operator==(const Tlv&) const = default;
};

// Tlv value = Writer().u8(1).u32(7).tlv(0x10);
class Writer {
 public:
  Writer& u8(std::uint8_t v) { return little(v, 1); }
  Writer& u16(std::uint16_t v) { return little(v, 2); }
  Writer& u32(std::uint32_t v) { return little(v, 4); }
  Writer& i8(std::int8_t v) { return u8(static_cast<std::uint8_t>(v)); }
  Writer& i16(std::int16_t v) { return u16(static_cast<std::uint16_t>(v)); }
  Writer& text(std::string_view s) {
    value_.insert(value_.end(), s.begin(), s.end());
    return *this;
  }
  [[nodiscard]] Tlv tlv(std::uint8_t type) { return Tlv{type, std::move(value_)}; }

 private:
  Writer& little(std::uint64_t v, unsigned count) {
    for (unsigned i = 0; i < count; ++i) value_.push_back(static_cast<std::uint8_t>(v >> (8 * i)));
    return *this;
  }
  Bytes value_;
};

// The failure of a decoder: "TLV 0x14 of signal-info is too short (3 bytes)".
tl::unexpected<Error> malformed(std::string_view message, std::uint8_t type, ByteView value);
// An element without which the message says nothing.
tl::unexpected<Error> missing(std::string_view message, std::uint8_t type);

// Text from a modem or a network, fit to be shown: valid UTF-8 without control characters as it
// is, anything else with its bytes outside printable ASCII as '?'; at most max_bytes.
std::string clean_text(ByteView text, std::size_t max_bytes = 64);

}  // namespace mwan::qmi
