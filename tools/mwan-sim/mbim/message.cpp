// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/message.hpp"

#include <algorithm>
#include <utility>

namespace mwan::sim::mbim {
namespace {

bool fragmented(MessageType type) {
  return type == MessageType::Command || type == MessageType::CommandDone ||
         type == MessageType::IndicateStatus;
}

Uuid read_uuid(ByteReader& reader) {
  Uuid uuid{};
  const auto bytes = reader.bytes(uuid.size());
  std::copy(bytes.begin(), bytes.end(), uuid.begin());
  return uuid;
}

void put_header(ByteWriter& writer, const Message& message, std::size_t length) {
  writer.u32(static_cast<std::uint32_t>(message.type));
  writer.u32(static_cast<std::uint32_t>(length)).u32(message.transaction);
}

// Everything after the fragment header.
Bytes payload_of(const Message& message) {
  Bytes payload;
  ByteWriter writer(payload);
  writer.bytes(message.service).u32(message.cid);
  if (message.type == MessageType::Command) writer.u32(static_cast<std::uint32_t>(message.set));
  if (message.type == MessageType::CommandDone) writer.u32(message.value);
  writer.u32(static_cast<std::uint32_t>(message.info.size())).bytes(message.info);
  return payload;
}

}  // namespace

std::optional<Header> read_header(std::span<const std::uint8_t> frame) {
  ByteReader reader(frame);
  Header header;
  header.type = static_cast<MessageType>(reader.u32());
  header.length = reader.u32();
  header.transaction = reader.u32();
  if (!reader.ok()) return std::nullopt;
  return header;
}

std::optional<Message> parse(std::span<const std::uint8_t> bytes) {
  const auto header = read_header(bytes);
  if (!header || header->length != bytes.size()) return std::nullopt;
  Message message;
  message.type = header->type;
  message.transaction = header->transaction;
  ByteReader reader(bytes.subspan(kHeader));
  switch (message.type) {
    case MessageType::Close:
      break;
    case MessageType::Open:
    case MessageType::OpenDone:
    case MessageType::CloseDone:
    case MessageType::HostError:
    case MessageType::FunctionError:
      message.value = reader.u32();
      break;
    case MessageType::Command:
    case MessageType::CommandDone:
    case MessageType::IndicateStatus: {
      const bool whole = reader.u32() == 1 && reader.u32() == 0;
      message.service = read_uuid(reader);
      message.cid = reader.u32();
      if (message.type == MessageType::Command) message.set = reader.u32() != 0;
      if (message.type == MessageType::CommandDone) message.value = reader.u32();
      const auto info = reader.bytes(reader.u32());
      message.info.assign(info.begin(), info.end());
      if (!whole) return std::nullopt;
      break;
    }
    default:
      return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;
  return message;
}

std::vector<Bytes> build(const Message& message, std::size_t max_transfer) {
  std::vector<Bytes> frames;
  if (!fragmented(message.type)) {
    Bytes frame;
    ByteWriter writer(frame);
    const bool has_value = message.type != MessageType::Close;
    put_header(writer, message, kHeader + (has_value ? 4 : 0));
    if (has_value) writer.u32(message.value);
    frames.push_back(std::move(frame));
    return frames;
  }
  const Bytes payload = payload_of(message);
  const std::size_t room =
      std::max<std::size_t>(max_transfer, kFragmentHeader + 44) - kFragmentHeader;
  const std::size_t total = (payload.size() + room - 1) / room;
  std::span<const std::uint8_t> rest(payload);
  for (std::size_t i = 0; i < total; ++i) {
    const auto piece = rest.first(std::min(room, rest.size()));
    rest = rest.subspan(piece.size());
    Bytes frame;
    ByteWriter writer(frame);
    put_header(writer, message, kFragmentHeader + piece.size());
    writer.u32(static_cast<std::uint32_t>(total)).u32(static_cast<std::uint32_t>(i)).bytes(piece);
    frames.push_back(std::move(frame));
  }
  return frames;
}

Reassembly::Outcome Reassembly::take(std::span<const std::uint8_t> frame) {
  const auto header = read_header(frame);
  if (!header || header->length != frame.size()) {
    return {std::nullopt, ProtocolError::LengthMismatch};
  }
  if (!fragmented(header->type)) return {Bytes(frame.begin(), frame.end()), std::nullopt};
  ByteReader reader(frame.subspan(kHeader));
  const std::uint32_t total = reader.u32();
  const std::uint32_t current = reader.u32();
  if (!reader.ok()) return {std::nullopt, ProtocolError::LengthMismatch};
  if (total == 1 && current == 0) return {Bytes(frame.begin(), frame.end()), std::nullopt};

  const bool first = current == 0;
  if (first && partial_.size() >= kMostPartial) partial_.clear();
  auto known = partial_.find(header->transaction);
  const bool follows = known != partial_.end() && known->second.total == total &&
                       known->second.next == current && current < total;
  if (total == 0 || (first ? known != partial_.end() : !follows)) {
    partial_.erase(header->transaction);
    return {std::nullopt, ProtocolError::FragmentOutOfSequence};
  }
  if (first) known = partial_.try_emplace(header->transaction, Partial{total, 0, {}}).first;
  Partial& partial = known->second;
  partial.bytes.insert(partial.bytes.end(), reader.rest().begin(), reader.rest().end());
  ++partial.next;
  if (partial.bytes.size() > kMaxMessage) {
    partial_.erase(known);
    return {std::nullopt, ProtocolError::MaxTransfer};
  }
  if (partial.next < total) return {};
  Bytes whole;
  ByteWriter writer(whole);
  writer.u32(static_cast<std::uint32_t>(header->type));
  writer.u32(static_cast<std::uint32_t>(kFragmentHeader + partial.bytes.size()));
  writer.u32(header->transaction).u32(1).u32(0).bytes(partial.bytes);
  partial_.erase(known);
  return {std::move(whole), std::nullopt};
}

void MbimStream::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<Bytes> MbimStream::next() {
  const auto header = read_header(pending_);
  if (lost_ || !header) return std::nullopt;
  if (header->length < kHeader || header->length > kMaxFrame) {
    lost_ = true;
    return std::nullopt;
  }
  if (pending_.size() < header->length) return std::nullopt;
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(header->length);
  Bytes frame(pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  return frame;
}

}  // namespace mwan::sim::mbim
