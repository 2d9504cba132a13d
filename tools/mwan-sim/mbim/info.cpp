// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/info.hpp"

#include <algorithm>

#include "tools/mwan-sim/mbim/utf16.hpp"

namespace mwan::sim::mbim {
namespace {

constexpr std::size_t kAlignment = 4;

std::size_t padding_of(std::size_t size) { return (kAlignment - size % kAlignment) % kAlignment; }

void pad(Bytes& bytes) { bytes.resize(bytes.size() + padding_of(bytes.size())); }

}  // namespace

InfoWriter& InfoWriter::u16(std::uint16_t v) {
  ByteWriter(fixed_).u16(v);
  return *this;
}

InfoWriter& InfoWriter::u32(std::uint32_t v) {
  ByteWriter(fixed_).u32(v);
  return *this;
}

InfoWriter& InfoWriter::u64(std::uint64_t v) {
  ByteWriter(fixed_).u64(v);
  return *this;
}

InfoWriter& InfoWriter::uuid(const Uuid& v) { return raw(v); }

InfoWriter& InfoWriter::raw(std::span<const std::uint8_t> v) {
  ByteWriter(fixed_).bytes(v);
  return *this;
}

void InfoWriter::point_at(std::span<const std::uint8_t> v, bool with_size) {
  if (v.empty()) {
    u32(0);
  } else {
    offsets_.push_back(fixed_.size());
    u32(static_cast<std::uint32_t>(data_.size()));
    data_.insert(data_.end(), v.begin(), v.end());
    pad(data_);
  }
  if (with_size) u32(static_cast<std::uint32_t>(v.size()));
}

InfoWriter& InfoWriter::text(std::string_view utf8) {
  point_at(to_utf16(utf8), true);
  return *this;
}

InfoWriter& InfoWriter::reference(std::span<const std::uint8_t> v) {
  point_at(v, false);
  return *this;
}

InfoWriter& InfoWriter::elements(std::size_t count, std::span<const std::uint8_t> v) {
  u32(static_cast<std::uint32_t>(count));
  point_at(v, false);
  return *this;
}

InfoWriter& InfoWriter::structures(const std::vector<Bytes>& items) {
  u32(static_cast<std::uint32_t>(items.size()));
  for (const Bytes& item : items) point_at(item, true);
  return *this;
}

InfoWriter& InfoWriter::structure(const std::optional<Bytes>& item) {
  point_at(item ? std::span<const std::uint8_t>(*item) : std::span<const std::uint8_t>{}, true);
  return *this;
}

InfoWriter& InfoWriter::list(const std::vector<Bytes>& items) {
  Bytes all;
  if (!items.empty()) {
    ByteWriter writer(all);
    writer.u32(static_cast<std::uint32_t>(items.size()));
    for (const Bytes& item : items) writer.bytes(item);
  }
  point_at(all, true);
  return *this;
}

InfoWriter& InfoWriter::tlv(TlvType type, std::span<const std::uint8_t> value) {
  const std::size_t padding = padding_of(value.size());
  ByteWriter(fixed_)
      .u16(static_cast<std::uint16_t>(type))
      .u8(0)
      .u8(static_cast<std::uint8_t>(padding))
      .u32(static_cast<std::uint32_t>(value.size()))
      .bytes(value);
  pad(fixed_);
  return *this;
}

InfoWriter& InfoWriter::tlv_text(std::string_view utf8) {
  return tlv(TlvType::Text, to_utf16(utf8));
}

Bytes InfoWriter::done() const {
  Bytes out = fixed_;
  for (const std::size_t at : offsets_) {
    const std::span<const std::uint8_t> all(out);
    ByteReader reader(all.subspan(at));
    Bytes moved;
    ByteWriter(moved).u32(reader.u32() + static_cast<std::uint32_t>(fixed_.size()));
    std::copy(moved.begin(), moved.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  out.insert(out.end(), data_.begin(), data_.end());
  return out;
}

Uuid InfoReader::uuid() {
  Uuid uuid{};
  const auto bytes = fixed_.bytes(uuid.size());
  std::copy(bytes.begin(), bytes.end(), uuid.begin());
  return uuid;
}

std::span<const std::uint8_t> InfoReader::pointed_at() {
  const std::size_t offset = fixed_.u32();
  const std::size_t size = fixed_.u32();
  if (size == 0) return {};
  if (!fixed_.ok() || offset > all_.size() || size > all_.size() - offset) {
    ok_ = false;
    return {};
  }
  return all_.subspan(offset, size);
}

std::string InfoReader::text() { return from_utf16(pointed_at()); }

std::vector<std::span<const std::uint8_t>> InfoReader::structures() {
  constexpr std::size_t kPair = 8;
  std::vector<std::span<const std::uint8_t>> items;
  const std::size_t count = fixed_.u32();
  if (count > fixed_.rest().size() / kPair) {
    ok_ = false;
    return items;
  }
  for (std::size_t i = 0; i < count; ++i) items.push_back(pointed_at());
  return items;
}

std::optional<std::span<const std::uint8_t>> InfoReader::tlv(TlvType type) {
  if (fixed_.rest().empty()) return std::nullopt;
  const bool expected = fixed_.u16() == static_cast<std::uint16_t>(type);
  fixed_.u8();
  const std::size_t padding = fixed_.u8();
  const auto value = fixed_.bytes(fixed_.u32());
  fixed_.bytes(std::min(padding, fixed_.rest().size()));
  if (!expected || !fixed_.ok()) {
    ok_ = false;
    return std::nullopt;
  }
  return value;
}

std::string InfoReader::tlv_text() {
  const auto value = tlv(TlvType::Text);
  return value ? from_utf16(*value) : std::string{};
}

}  // namespace mwan::sim::mbim
