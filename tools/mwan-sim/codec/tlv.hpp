// SPDX-License-Identifier: LGPL-2.1-or-later
// Type-length-value lists as QMI uses them: type u8, length u16 little endian, value.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim {

class TlvList {
 public:
  // Nothing when a header or a value reaches past the end.
  static std::optional<TlvList> parse(std::span<const std::uint8_t> bytes);
  void append_to(Bytes& out) const;

  // A new element at the end; the writer stays valid until the list is moved or destroyed.
  ByteWriter add(std::uint8_t type);

  // The first element of that type.
  [[nodiscard]] const Bytes* find(std::uint8_t type) const;
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  struct Tlv {
    std::uint8_t type;
    Bytes value;
  };
  // A deque keeps references to elements valid while others are added.
  std::deque<Tlv> items_;
};

// The arguments of one request. Reads are lenient about absence and strict about form: a value that
// is too short is remembered and reported by problem() when everything has been read. Bytes after
// the known part of a value are ignored, as modems do for forward compatibility.
class Arguments {
 public:
  enum class Problem { None, Missing, Malformed };

  explicit Arguments(const TlvList& tlvs) : tlvs_(tlvs) {}

  [[nodiscard]] bool has(std::uint8_t type) const { return tlvs_.find(type) != nullptr; }

  std::optional<std::uint8_t> u8(std::uint8_t type);
  std::optional<std::uint16_t> u16(std::uint8_t type);
  std::optional<std::uint32_t> u32(std::uint8_t type);
  std::optional<std::string> text(std::uint8_t type);
  std::optional<bool> flag(std::uint8_t type);

  // As above, but absence is a problem; yields zero then.
  std::uint8_t need_u8(std::uint8_t type);
  std::uint16_t need_u16(std::uint8_t type);
  std::uint32_t need_u32(std::uint8_t type);

  // For structured values: hands the value's reader to parse, when present.
  template <class Parse>
  bool structure(std::uint8_t type, Parse parse) {
    const Bytes* value = tlvs_.find(type);
    if (value == nullptr) return false;
    ByteReader reader(*value);
    parse(reader);
    if (!reader.ok()) malformed_ = true;
    return reader.ok();
  }
  template <class Parse>
  void need_structure(std::uint8_t type, Parse parse) {
    if (!has(type)) missing_ = true;
    structure(type, parse);
  }

  [[nodiscard]] Problem problem() const {
    if (malformed_) return Problem::Malformed;
    return missing_ ? Problem::Missing : Problem::None;
  }

 private:
  const TlvList& tlvs_;
  bool missing_ = false;
  bool malformed_ = false;
};

}  // namespace mwan::sim
