// SPDX-License-Identifier: LGPL-2.1-or-later
// The type-length-value elements of a QMI message: bounds-checked reading of what a modem sent, and
// the writing of what it is asked. All integers little endian unless a name says otherwise.
// Pure: bytes in, values out; nothing here trusts a length or a count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/error.hpp"
#include "modems/bytes.hpp"
#include "modems/text.hpp"

namespace mwan::qmi {

using mwan::Bytes;
using mwan::ByteView;
using mwan::clean_text;
using mwan::Reader;

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

}  // namespace mwan::qmi
