// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/tlv.hpp"

#include <fmt/format.h>

namespace mwan::qmi {
std::optional<ByteView> TlvView::find(std::uint8_t type) const {
  Reader reader(bytes_);
  while (reader.remaining() > 0) {
    const std::uint8_t here = reader.u8();
    const std::uint16_t length = reader.u16();
    const ByteView value = reader.bytes(length);
    if (!reader.ok()) return std::nullopt;
    if (here == type) return value;
  }
  return std::nullopt;
}

bool TlvView::well_formed() const {
  Reader reader(bytes_);
  while (reader.remaining() > 0) {
    reader.skip(1);
    reader.skip(reader.u16());
  }
  return reader.ok();
}

tl::unexpected<Error> malformed(std::string_view message, std::uint8_t type, ByteView value) {
  return failed(
      FailureClass::Transient, fmt::format("qmi {}", message),
      fmt::format("the modem sent a malformed element 0x{:02x} ({} bytes)", type, value.size()));
}

tl::unexpected<Error> missing(std::string_view message, std::uint8_t type) {
  return failed(FailureClass::Transient, fmt::format("qmi {}", message),
                fmt::format("the modem left out element 0x{:02x}", type));
}

}  // namespace mwan::qmi
