// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/usbip.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mwan::sim::usb {
namespace {

// Commands of the header's first word.
constexpr std::uint32_t kCmdSubmit = 1;
constexpr std::uint32_t kCmdUnlink = 2;
constexpr std::uint32_t kRetSubmit = 3;
constexpr std::uint32_t kRetUnlink = 4;
constexpr std::uint32_t kNotIsochronous = 0xFFFFFFFF;
constexpr std::uint32_t kEndpoints = 16;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes.first(4)) value = value << 8 | byte;
  return value;
}

void put(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

Bytes header(std::uint32_t command, std::uint32_t sequence, std::int32_t status,
             std::size_t length) {
  Bytes out;
  out.reserve(kMessageHeader + length);
  put(out, command);
  put(out, sequence);
  for (int i = 0; i < 3; ++i) put(out, 0);  // device, direction, endpoint: the host knows them
  put(out, static_cast<std::uint32_t>(status));
  put(out, static_cast<std::uint32_t>(length));
  out.resize(kMessageHeader);  // no isochronous packets, no errors of them, no setup
  return out;
}

Setup read_setup(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  Setup setup;
  setup.type = reader.u8();
  setup.request = reader.u8();
  setup.value = reader.u16();
  setup.index = reader.u16();
  setup.length = reader.u16();
  return setup;
}

}  // namespace

void HostStream::feed(std::span<const std::uint8_t> bytes) {
  if (trouble_.empty()) pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<HostMessage> HostStream::next() {
  if (!trouble_.empty() || pending_.size() < kMessageHeader) return std::nullopt;
  const auto lost = [this](std::string why) {
    trouble_ = std::move(why);
    pending_.clear();
    return std::nullopt;
  };
  const std::span<const std::uint8_t> head(pending_.data(), kMessageHeader);
  const auto word = [&](std::size_t index) { return big_endian(head.subspan(4 * index)); };
  const std::uint32_t command = word(0);
  if (command == kCmdUnlink) {
    const Unlink unlink{word(1), word(5)};
    pending_.erase(pending_.begin(), pending_.begin() + kMessageHeader);
    return unlink;
  }
  if (command != kCmdSubmit) return lost(fmt::format("unknown command 0x{:08x}", command));
  Submit submit;
  submit.sequence = word(1);
  submit.to_host = word(3) != 0;
  if (word(4) >= kEndpoints) return lost(fmt::format("endpoint {} cannot be", word(4)));
  submit.endpoint = static_cast<std::uint8_t>(word(4));
  submit.length = word(6);
  if (submit.length > kLargestTransfer) {
    return lost(
        fmt::format("a transfer of {} bytes; {} are the most", submit.length, kLargestTransfer));
  }
  if (word(8) != 0 && word(8) != kNotIsochronous) return lost("an isochronous transfer");
  submit.setup = read_setup(head.subspan(40));
  const std::size_t behind = submit.to_host ? 0 : submit.length;
  if (pending_.size() < kMessageHeader + behind) return std::nullopt;
  const auto data = pending_.begin() + kMessageHeader;
  submit.data.assign(data, data + static_cast<std::ptrdiff_t>(behind));
  pending_.erase(pending_.begin(), data + static_cast<std::ptrdiff_t>(behind));
  return submit;
}

Bytes build_completion(const Submit& of, Completion how, std::span<const std::uint8_t> to_host) {
  const auto status = static_cast<std::int32_t>(how);
  if (!of.to_host) {
    return header(kRetSubmit, of.sequence, status, how == Completion::Ok ? of.data.size() : 0);
  }
  // More than the host's buffer holds would be a fatal error of the host's whole port.
  const auto data = to_host.first(std::min<std::size_t>(to_host.size(), of.length));
  Bytes out = header(kRetSubmit, of.sequence, status, data.size());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Bytes build_unlinked(const Unlink& of, bool found) {
  const Completion how = found ? Completion::Unlinked : Completion::Ok;
  return header(kRetUnlink, of.sequence, static_cast<std::int32_t>(how), 0);
}

}  // namespace mwan::sim::usb
