// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/buffer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "modems/text.hpp"

namespace mwan::mbim {
namespace {

// No structure of MBIM has more elements than this in one list.
constexpr std::uint32_t kMaxElements = 512;

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((code >> shift) & 0x3fU)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0U | (code >> 18U)));
    tail(12);
    tail(6);
    tail(0);
  }
}

void append_u32(Bytes& out, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

Bytes utf16_from_utf8(std::string_view text) {
  Bytes out;
  const auto unit = [&](std::uint32_t value) {
    out.push_back(static_cast<std::uint8_t>(value));
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = size == 1 ? lead : lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
      code = (code << 6U) | (static_cast<std::uint8_t>(text[at + i]) & 0x3fU);
    }
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xd800U + ((code - 0x10000U) >> 10U));
      unit(0xdc00U + ((code - 0x10000U) & 0x3ffU));
    }
    at += size;
  }
  return out;
}

}  // namespace

Uuid Fields::uuid() {
  Uuid out{};
  std::ranges::copy(fixed_.bytes(out.size()), out.begin());
  return out;
}

ByteView Fields::at(std::size_t offset, std::size_t size) {
  if (offset > all_.size() || size > all_.size() - offset) {
    ok_ = false;
    return {};
  }
  furthest_ = std::max(furthest_, offset + size);
  return all_.subspan(offset, size);
}

ByteView Fields::part() {
  const std::uint32_t offset = u32();
  const std::uint32_t size = u32();
  return size == 0 ? ByteView() : at(offset, size);
}

std::string Fields::text(std::size_t max_bytes) {
  const std::string utf8 = utf8_from_utf16(part());
  return clean_text({reinterpret_cast<const std::uint8_t*>(utf8.data()), utf8.size()}, max_bytes);
}

std::vector<ByteView> Fields::elements(std::uint32_t count, std::size_t size) {
  const std::uint32_t offset = u32();
  std::vector<ByteView> out;
  if (count > kMaxElements) ok_ = false;
  for (std::size_t i = 0; i < count && ok(); ++i) {
    const ByteView element = at(offset + i * size, size);
    if (ok()) out.push_back(element);
  }
  return out;
}

std::vector<ByteView> Fields::parts(std::uint32_t count) {
  std::vector<ByteView> out;
  if (count > kMaxElements) ok_ = false;
  for (std::uint32_t i = 0; i < count && ok(); ++i) {
    const ByteView element = part();
    if (ok()) out.push_back(element);
  }
  return out;
}

std::size_t Fields::extent() const {
  return padded(std::max(furthest_, all_.size() - fixed_.remaining()));
}

std::string utf8_from_utf16(ByteView text) {
  std::string out;
  Reader r(text.first(text.size() / 2 * 2));
  while (r.remaining() > 0) {
    const std::uint32_t unit = r.u16();
    if (unit == 0) break;
    if (unit < 0xd800 || unit > 0xdfff) {
      append_utf8(out, unit);
      continue;
    }
    Reader ahead = r;
    const std::uint32_t low = ahead.u16();
    if (unit > 0xdbff || !ahead.ok() || low < 0xdc00 || low > 0xdfff) {
      out.push_back('?');
      continue;
    }
    r = ahead;
    append_utf8(out, 0x10000U + ((unit - 0xd800U) << 10U) + (low - 0xdc00U));
  }
  return out;
}

Writer& Writer::u32(std::uint32_t value) {
  append_u32(fixed_, value);
  return *this;
}

Writer& Writer::uuid(const Uuid& value) { return bytes(value); }

Writer& Writer::bytes(ByteView value) {
  fixed_.insert(fixed_.end(), value.begin(), value.end());
  return *this;
}

Writer& Writer::text(std::string_view utf8) { return part(utf16_from_utf8(utf8)); }

Writer& Writer::part(ByteView value) {
  if (!value.empty()) parts_.push_back({fixed_.size(), Bytes(value.begin(), value.end())});
  return u32(0).u32(static_cast<std::uint32_t>(value.size()));
}

Writer& Writer::text_element(std::string_view utf8) {
  constexpr std::uint32_t kText = 10;  // MBIM_TLV_TYPE_WCHAR_STR
  const Bytes value = utf16_from_utf8(utf8);
  const std::size_t padding = padded(value.size()) - value.size();
  u32(kText | static_cast<std::uint32_t>(padding << 24U));
  u32(static_cast<std::uint32_t>(value.size()));
  bytes(value);
  fixed_.resize(fixed_.size() + padding);
  return *this;
}

Bytes Writer::done() {
  Bytes out = std::move(fixed_);
  for (const Part& part : parts_) {
    const auto offset = static_cast<std::uint32_t>(out.size());
    for (unsigned i = 0; i < 4; ++i) {
      out[part.at + i] = static_cast<std::uint8_t>(offset >> (8 * i));
    }
    out.insert(out.end(), part.value.begin(), part.value.end());
    out.resize(padded(out.size()));
  }
  return out;
}

tl::unexpected<Error> malformed(std::string_view what, ByteView buffer) {
  return failed(FailureClass::Transient, fmt::format("mbim {}", what),
                fmt::format("the modem sent a malformed {} ({} bytes)", what, buffer.size()));
}

}  // namespace mwan::mbim
