// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/codec/tlv.hpp"

#include <utility>

namespace mwan::sim {

std::optional<TlvList> TlvList::parse(std::span<const std::uint8_t> bytes) {
  TlvList list;
  ByteReader reader(bytes);
  while (!reader.rest().empty()) {
    const std::uint8_t type = reader.u8();
    const std::uint16_t length = reader.u16();
    const auto value = reader.bytes(length);
    if (!reader.ok()) return std::nullopt;
    list.items_.push_back({type, Bytes(value.begin(), value.end())});
  }
  return list;
}

void TlvList::append_to(Bytes& out) const {
  ByteWriter writer(out);
  for (const Tlv& tlv : items_) {
    writer.u8(tlv.type).u16(static_cast<std::uint16_t>(tlv.value.size())).bytes(tlv.value);
  }
}

ByteWriter TlvList::add(std::uint8_t type) {
  items_.push_back({type, {}});
  return ByteWriter(items_.back().value);
}

const Bytes* TlvList::find(std::uint8_t type) const {
  for (const Tlv& tlv : items_) {
    if (tlv.type == type) return &tlv.value;
  }
  return nullptr;
}

namespace {

template <class T, class Read>
std::optional<T> read(Arguments& arguments, std::uint8_t type, Read read_one) {
  std::optional<T> value;
  arguments.structure(type, [&](ByteReader& reader) {
    const T got = read_one(reader);
    if (reader.ok()) value = got;
  });
  return value;
}

}  // namespace

std::optional<std::uint8_t> Arguments::u8(std::uint8_t type) {
  return read<std::uint8_t>(*this, type, [](ByteReader& r) { return r.u8(); });
}
std::optional<std::uint16_t> Arguments::u16(std::uint8_t type) {
  return read<std::uint16_t>(*this, type, [](ByteReader& r) { return r.u16(); });
}
std::optional<std::uint32_t> Arguments::u32(std::uint8_t type) {
  return read<std::uint32_t>(*this, type, [](ByteReader& r) { return r.u32(); });
}
std::optional<bool> Arguments::flag(std::uint8_t type) {
  const auto value = u8(type);
  if (!value) return std::nullopt;
  return *value != 0;
}
std::optional<std::string> Arguments::text(std::uint8_t type) {
  const Bytes* value = tlvs_.find(type);
  if (value == nullptr) return std::nullopt;
  return std::string(value->begin(), value->end());
}

std::uint8_t Arguments::need_u8(std::uint8_t type) {
  if (!has(type)) missing_ = true;
  return u8(type).value_or(0);
}
std::uint16_t Arguments::need_u16(std::uint8_t type) {
  if (!has(type)) missing_ = true;
  return u16(type).value_or(0);
}
std::uint32_t Arguments::need_u32(std::uint8_t type) {
  if (!has(type)) missing_ = true;
  return u32(type).value_or(0);
}

}  // namespace mwan::sim
