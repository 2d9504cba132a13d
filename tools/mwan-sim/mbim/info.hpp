// SPDX-License-Identifier: LGPL-2.1-or-later
// Information buffers: fields of fixed size, and behind them, padded to 4 bytes each, the data
// whose offset and size those fields give (MBIM 1.0 section 10.3). Offsets count from the start of
// the structure. MBIMEx 3.0 adds TLVs {type u16, reserved u8, padding u8, length u32, data,
// padding}.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/mbim/message.hpp"

namespace mwan::sim::mbim {

enum class TlvType : std::uint16_t { Text = 10, U16Table = 11 };  // libmbim: MbimTlvType

class InfoWriter {
 public:
  InfoWriter& u16(std::uint16_t v);
  InfoWriter& u32(std::uint32_t v);
  InfoWriter& u64(std::uint64_t v);
  template <class E>
    requires std::is_enum_v<E>
  InfoWriter& u32(E v) {
    return u32(static_cast<std::uint32_t>(v));
  }
  InfoWriter& uuid(const Uuid& v);
  InfoWriter& raw(std::span<const std::uint8_t> v);  // in place
  // {offset, size} of the text in UTF-16; zeros when it is empty.
  InfoWriter& text(std::string_view utf8);
  InfoWriter& reference(std::span<const std::uint8_t> v);  // {offset}; zero when there is nothing
  // {count, offset} of elements of the same size.
  InfoWriter& elements(std::size_t count, std::span<const std::uint8_t> v);
  // {count, {offset, size} of each}.
  InfoWriter& structures(const std::vector<Bytes>& items);
  // {offset, size} of one structure, zeros when there is none.
  InfoWriter& structure(const std::optional<Bytes>& item);
  // {offset, size} of {count, one after the other}, zeros when there are none.
  InfoWriter& list(const std::vector<Bytes>& items);
  // TLVs follow the fixed part, so nothing with an offset goes with them.
  InfoWriter& tlv(TlvType type, std::span<const std::uint8_t> value);
  InfoWriter& tlv_text(std::string_view utf8);

  [[nodiscard]] Bytes done() const;

 private:
  void point_at(std::span<const std::uint8_t> v, bool with_size);

  Bytes fixed_;
  Bytes data_;
  std::vector<std::size_t> offsets_;  // where in fixed_ an offset into data_ stands
};

// Fields that are not there read as zero and make ok() false for good.
class InfoReader {
 public:
  explicit InfoReader(std::span<const std::uint8_t> info) : all_(info), fixed_(info) {}

  [[nodiscard]] bool ok() const { return ok_ && fixed_.ok(); }
  std::uint16_t u16() { return fixed_.u16(); }
  std::uint32_t u32() { return fixed_.u32(); }
  Uuid uuid();
  std::string text();
  // The structures an array of {offset, size} points at; count stands before it.
  std::vector<std::span<const std::uint8_t>> structures();
  // The value of the next TLV, and its text; an absent one is empty.
  std::optional<std::span<const std::uint8_t>> tlv(TlvType type);
  std::string tlv_text();

 private:
  std::span<const std::uint8_t> pointed_at();

  std::span<const std::uint8_t> all_;
  ByteReader fixed_;
  bool ok_ = true;
};

}  // namespace mwan::sim::mbim
