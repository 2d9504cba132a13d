// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/qmux.hpp"

namespace mwan::mbim::qmux {
namespace {

constexpr std::uint8_t kControl = 0x00;
constexpr std::uint16_t kAllocate = 0x0022;
constexpr std::uint16_t kRelease = 0x0023;

void append_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
}

// The control service counts transactions in one byte, all others in two.
Bytes frame(std::uint8_t service, std::uint8_t client, std::uint16_t transaction,
            std::uint16_t message, const Bytes& elements) {
  const std::size_t header = service == kControl ? 2 : 3;
  Bytes out = {0x01};
  append_u16(out, 5 + header + 4 + elements.size());
  out.insert(out.end(), {0x00, service, client, 0x00});
  if (service == kControl) {
    out.push_back(static_cast<std::uint8_t>(transaction));
  } else {
    append_u16(out, transaction);
  }
  append_u16(out, message);
  append_u16(out, elements.size());
  out.insert(out.end(), elements.begin(), elements.end());
  return out;
}

// The value of an element; absent when the frame ends before.
std::optional<ByteView> find(ByteView frame, std::uint8_t type) {
  Reader r(frame);
  r.skip(1 + 2 + 1);
  const std::uint8_t service = r.u8();
  r.skip(1 + (service == kControl ? 2U : 3U) + 2);
  r.skip(2);
  while (r.ok() && r.remaining() > 0) {
    const std::uint8_t here = r.u8();
    const ByteView value = r.bytes(r.u16());
    if (r.ok() && here == type) return value;
  }
  return std::nullopt;
}

}  // namespace

Bytes allocate_client() { return frame(kControl, 0, 1, kAllocate, {0x01, 0x01, 0x00, kDms}); }

Bytes release_client(std::uint8_t client) {
  return frame(kControl, 0, 2, kRelease, {0x01, 0x02, 0x00, kDms, client});
}

Bytes dms(const DmsMessage& message, std::uint8_t client, std::uint16_t transaction) {
  Bytes elements;
  if (message.element) elements = {0x01, 0x01, 0x00, *message.element};
  return frame(kDms, client, transaction, message.message, elements);
}

Result<std::uint16_t> decode_result(ByteView frame) {
  const auto value = find(frame, 0x02);
  if (!value) return malformed("qmi answer", frame);
  Reader r(*value);
  const std::uint16_t failed_flag = r.u16();
  const std::uint16_t error = r.u16();
  if (!r.ok()) return malformed("qmi answer", frame);
  return failed_flag == 0 ? std::uint16_t{0} : error;
}

Result<std::uint8_t> decode_allocated_client(ByteView frame) {
  const auto value = find(frame, 0x01);
  if (!value || value->size() < 2 || (*value)[0] != kDms) return malformed("qmi answer", frame);
  return (*value)[1];
}

}  // namespace mwan::mbim::qmux
