// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/codec/qmux.hpp"

#include <utility>

namespace mwan::sim {
namespace {

// The kind of message in the flags of the QMI header; the control service counts differently.
constexpr std::uint8_t kControlResponse = 0x01;
constexpr std::uint8_t kControlIndication = 0x02;
constexpr std::uint8_t kServiceResponse = 0x02;
constexpr std::uint8_t kServiceIndication = 0x04;
constexpr std::uint8_t kFromModem = 0x80;
constexpr std::size_t kLengthEnd = 3;  // marker and length field

MessageKind kind_of(bool control, std::uint8_t flags) {
  const std::uint8_t response = control ? kControlResponse : kServiceResponse;
  const std::uint8_t indication = control ? kControlIndication : kServiceIndication;
  if ((flags & indication) != 0) return MessageKind::Indication;
  return (flags & response) != 0 ? MessageKind::Response : MessageKind::Request;
}

std::uint8_t flags_of(bool control, MessageKind kind) {
  switch (kind) {
    case MessageKind::Request:
      return 0;
    case MessageKind::Response:
      return control ? kControlResponse : kServiceResponse;
    case MessageKind::Indication:
      return control ? kControlIndication : kServiceIndication;
  }
  return 0;
}

}  // namespace

std::optional<ParsedFrame> parse_frame(std::span<const std::uint8_t> frame) {
  ByteReader reader(frame);
  if (reader.u8() != kQmuxMarker) return std::nullopt;
  const std::uint16_t length = reader.u16();
  reader.u8();  // QMUX flags: 0x00 from the host
  ParsedFrame parsed;
  parsed.message.service = reader.u8();
  parsed.message.client = reader.u8();
  const bool control = parsed.message.service == kControlService;
  parsed.message.kind = kind_of(control, reader.u8());
  parsed.message.transaction = control ? reader.u8() : reader.u16();
  parsed.message.message = reader.u16();
  const std::uint16_t tlv_length = reader.u16();
  if (!reader.ok() || std::size_t{length} + 1 != frame.size()) return std::nullopt;
  std::optional<TlvList> tlvs;
  if (tlv_length == reader.rest().size()) tlvs = TlvList::parse(reader.rest());
  parsed.intact = tlvs.has_value();
  if (tlvs) parsed.message.tlvs = std::move(*tlvs);
  return parsed;
}

Bytes build_frame(const QmiMessage& message) {
  const bool control = message.service == kControlService;
  Bytes tlvs;
  message.tlvs.append_to(tlvs);
  Bytes frame;
  ByteWriter writer(frame);
  const std::size_t header = control ? 11 : 12;  // after the marker, up to the TLVs
  writer.u8(kQmuxMarker).u16(static_cast<std::uint16_t>(header + tlvs.size()));
  writer.u8(kFromModem).u8(message.service).u8(message.client);
  writer.u8(flags_of(control, message.kind));
  if (control) {
    writer.u8(static_cast<std::uint8_t>(message.transaction));
  } else {
    writer.u16(message.transaction);
  }
  writer.u16(message.message).u16(static_cast<std::uint16_t>(tlvs.size())).bytes(tlvs);
  return frame;
}

void QmuxStream::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<Bytes> QmuxStream::next() {
  if (lost_ || pending_.empty()) return std::nullopt;
  if (pending_.front() != kQmuxMarker) {
    lost_ = true;
    return std::nullopt;
  }
  if (pending_.size() < kLengthEnd) return std::nullopt;
  const std::size_t total = 1 + (std::size_t{pending_[1]} | std::size_t{pending_[2]} << 8);
  if (total < kLengthEnd) {  // a length that does not even cover itself
    lost_ = true;
    return std::nullopt;
  }
  if (pending_.size() < total) return std::nullopt;
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(total);
  Bytes frame(pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  return frame;
}

}  // namespace mwan::sim
