// SPDX-License-Identifier: LGPL-2.1-or-later
// USB/IP messages as the device's side of a connection reads and writes them
// (Documentation/usb/usbip_protocol.rst in the kernel's sources): a header of 48 bytes, big-endian,
// and the bytes of the transfer behind it. Pure; whatever comes is checked before it is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::usb {

// How a transfer ends, as the host's kernel reads it: negative values of errno.
enum class Completion : std::int32_t {
  Ok = 0,
  Stall = -32,      // EPIPE: the endpoint refuses
  Error = -71,      // EPROTO: nobody understood a word on the wire
  Unlinked = -104,  // ECONNRESET: the host took the transfer back
};

constexpr std::size_t kMessageHeader = 48;
// usbnet and cdc_ncm use 64 KiB at most.
constexpr std::size_t kLargestTransfer = std::size_t{1} << 20;

// The first packet of a control transfer (USB 2.0, table 9-2).
struct Setup {
  std::uint8_t type = 0;
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;
  bool operator==(const Setup&) const = default;
};
constexpr std::uint8_t kToHost = 0x80;  // in Setup::type

// The host asks for a transfer.
struct Submit {
  std::uint32_t sequence = 0;
  bool to_host = false;
  std::uint8_t endpoint = 0;  // number without direction, 0 to 15
  std::uint32_t length = 0;   // of the host's buffer, in bytes
  Setup setup;                // endpoint 0
  Bytes data;                 // to the device; length bytes
  bool operator==(const Submit&) const = default;
};

// The host takes a transfer back.
struct Unlink {
  std::uint32_t sequence = 0;
  std::uint32_t victim = 0;  // sequence of the transfer
  bool operator==(const Unlink&) const = default;
};

using HostMessage = std::variant<Submit, Unlink>;

// Cuts what the host's kernel writes into messages.
class HostStream {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  std::optional<HostMessage> next();
  // Why the stream cannot be followed any more; empty while it can.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Bytes pending_;
  std::string trouble_;
};

// The end of a transfer: with data for the host, or with how many bytes the device took.
Bytes build_completion(const Submit& of, Completion how, std::span<const std::uint8_t> to_host);
// found: the transfer was still waiting and is taken back; otherwise it had ended before.
Bytes build_unlinked(const Unlink& of, bool found);

}  // namespace mwan::sim::usb
