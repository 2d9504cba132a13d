// SPDX-License-Identifier: LGPL-2.1-or-later
// MBIM control messages (USB-IF MBIM 1.0 with Errata-1, section 9): little-endian, a header {type,
// length, transaction}, and for commands and indications a fragment header {total, current}.
// Untrusted bytes in, so every length is checked against what there is.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/codec/frame_stream.hpp"

namespace mwan::sim::mbim {

using Uuid = std::array<std::uint8_t, 16>;

enum class MessageType : std::uint32_t {
  Open = 1,
  Close = 2,
  Command = 3,
  HostError = 4,
  OpenDone = 0x80000001,
  CloseDone = 0x80000002,
  CommandDone = 0x80000003,
  FunctionError = 0x80000004,
  IndicateStatus = 0x80000007,
};

// MBIM_ERROR codes, in host and function errors.
enum class ProtocolError : std::uint32_t {
  FragmentTimeout = 1,
  FragmentOutOfSequence = 2,
  LengthMismatch = 3,
  DuplicatedTransaction = 4,
  NotOpened = 5,
  Unknown = 6,
  Cancel = 7,
  MaxTransfer = 8,
};

struct Message {
  MessageType type = MessageType::Command;
  std::uint32_t transaction = 0;
  // What they mean depends on the type; those that it does not have stay zero.
  std::uint32_t value = 0;  // Open: max control transfer; OpenDone, CloseDone, CommandDone: status;
                            // HostError, FunctionError: error
  Uuid service{};           // Command, CommandDone, IndicateStatus
  std::uint32_t cid = 0;
  bool set = false;  // Command: set, else query
  Bytes info;
};

constexpr std::size_t kHeader = 12;
constexpr std::size_t kFragmentHeader = 20;
// No frame is longer (libmbim reads into 4 KiB), no message is.
constexpr std::size_t kMaxFrame = 64U << 10;
constexpr std::size_t kMaxMessage = 256U << 10;

struct Header {
  MessageType type{};
  std::uint32_t length = 0;
  std::uint32_t transaction = 0;
};
// Nothing when there are fewer bytes than a header.
std::optional<Header> read_header(std::span<const std::uint8_t> frame);

// One whole message in one piece: what Reassembly returned. Nothing when it does not add up.
std::optional<Message> parse(std::span<const std::uint8_t> message);

// The frames of a message, none longer than max_transfer.
std::vector<Bytes> build(const Message& message, std::size_t max_transfer = 4096);

// Puts fragments together, for one connection.
class Reassembly {
 public:
  struct Outcome {
    std::optional<Bytes> message;        // complete now, with a fragment header of one
    std::optional<ProtocolError> error;  // what the function answers with; the pieces are dropped
  };
  // A whole frame, as MbimStream cuts them. Neither of the two: more fragments are to come.
  Outcome take(std::span<const std::uint8_t> frame);

 private:
  struct Partial {
    std::uint32_t total = 0;
    std::uint32_t next = 0;
    Bytes bytes;
  };
  static constexpr std::size_t kMostPartial = 16;
  std::map<std::uint32_t, Partial> partial_;  // by transaction
};

// Lost once a length is shorter than a header or longer than kMaxFrame.
class MbimStream final : public FrameStream {
 public:
  void feed(std::span<const std::uint8_t> bytes) override;
  std::optional<Bytes> next() override;
  [[nodiscard]] bool lost() const override { return lost_; }

 private:
  Bytes pending_;
  bool lost_ = false;
};

}  // namespace mwan::sim::mbim
