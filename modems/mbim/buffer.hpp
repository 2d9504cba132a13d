// SPDX-License-Identifier: LGPL-2.1-or-later
// The information buffer of an MBIM message (MBIM 1.0 section 10.2): fields of fixed size, some of
// which point to data further on. Offsets count from the beginning of the structure they stand in.
// Pure: bytes in, values out; no offset, size or count is trusted.
//
// libmbim has parsers of its own. The driver reads the buffers itself because the layout depends on
// the MBIMEx version a message was sent under, and because libmbim 1.28.2 repeats the first cell of
// every list (structures with texts are read with step 0).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/error.hpp"
#include "modems/bytes.hpp"

namespace mwan::mbim {

// "Not known", wherever a field says nothing else.
inline constexpr std::uint32_t kUnknown = 0xffffffff;

using Uuid = std::array<std::uint8_t, 16>;

// Reads fields from the front; past the end it gives zeros and ok() turns false for good.
class Fields {
 public:
  explicit Fields(ByteView all) : all_(all), fixed_(all) {}

  std::uint32_t u32() { return fixed_.u32(); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::uint64_t u64() { return fixed_.u64(); }
  Uuid uuid();
  void skip(std::size_t bytes) { fixed_.skip(bytes); }
  void skip_words(std::size_t count) { fixed_.skip(count * sizeof(std::uint32_t)); }
  // {offset, size}: the bytes they point to; none for a size of zero.
  ByteView part();
  // The same for UTF-16LE text: as UTF-8 without control characters.
  std::string text(std::size_t max_bytes = 64);
  // {offset} of count elements of equal size.
  std::vector<ByteView> elements(std::uint32_t count, std::size_t size);
  // count times {offset, size}, in place.
  std::vector<ByteView> parts(std::uint32_t count);

  [[nodiscard]] bool ok() const { return ok_ && fixed_.ok(); }
  // Where the structure ends, with everything that was read of it, rounded up to four bytes.
  [[nodiscard]] std::size_t extent() const;

 private:
  ByteView at(std::size_t offset, std::size_t size);

  ByteView all_;
  Reader fixed_;
  std::size_t furthest_ = 0;
  bool ok_ = true;
};

// UTF-16LE to UTF-8; ends at a NUL, what is no text becomes '?'.
std::string utf8_from_utf16(ByteView text);

// Bytes buffer = Writer().u32(0).text("internet").done();
class Writer {
 public:
  Writer& u32(std::uint32_t value);
  Writer& uuid(const Uuid& value);
  Writer& bytes(ByteView value);
  // {offset, size} here, the text itself behind the fixed fields. Must be UTF-8.
  Writer& text(std::string_view utf8);
  // {offset, size} here, the bytes behind the fixed fields.
  Writer& part(ByteView value);
  // An information element of MBIMEx 3.0 that holds a text.
  Writer& text_element(std::string_view utf8);
  [[nodiscard]] Bytes done();

 private:
  struct Part {
    std::size_t at;  // where its offset is to be written
    Bytes value;
  };
  Bytes fixed_;
  std::vector<Part> parts_;
};

// The failure of a decoder: "the modem sent a malformed register-state (12 bytes)".
tl::unexpected<Error> malformed(std::string_view what, ByteView buffer);

}  // namespace mwan::mbim
