// SPDX-License-Identifier: LGPL-2.1-or-later
// QMUX frames and the QMI message inside: marker 0x01, length u16 (everything after the marker),
// flags, service, client id, then for the control service {flags u8, transaction u8} and for the
// others {flags u8, transaction u16}, and {message u16, length u16, TLVs}.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/codec/frame_stream.hpp"
#include "tools/mwan-sim/codec/tlv.hpp"

namespace mwan::sim {

constexpr std::uint8_t kQmuxMarker = 0x01;
constexpr std::uint8_t kControlService = 0x00;
constexpr std::uint8_t kBroadcastClient = 0xFF;

enum class MessageKind { Request, Response, Indication };

struct QmiMessage {
  MessageKind kind = MessageKind::Request;
  std::uint8_t service = 0;
  std::uint8_t client = 0;
  std::uint16_t transaction = 0;  // 8 bits for the control service
  std::uint16_t message = 0;
  TlvList tlvs;
};

// What a frame turned out to be. A frame whose envelope is intact but whose TLVs are not can still
// be answered with an error; one without an intact envelope cannot.
struct ParsedFrame {
  QmiMessage message;
  bool intact = true;  // false: the TLVs do not add up and were dropped
};

// One whole frame, marker included; nothing when even the envelope is broken.
std::optional<ParsedFrame> parse_frame(std::span<const std::uint8_t> frame);

// From the modem's side: flags 0x80, and the message as a whole frame.
Bytes build_frame(const QmiMessage& message);

// Lost once a byte that must be a marker is none, or a length does not cover itself.
class QmuxStream final : public FrameStream {
 public:
  void feed(std::span<const std::uint8_t> bytes) override;
  std::optional<Bytes> next() override;
  [[nodiscard]] bool lost() const override { return lost_; }

 private:
  Bytes pending_;
  bool lost_ = false;
};

}  // namespace mwan::sim
