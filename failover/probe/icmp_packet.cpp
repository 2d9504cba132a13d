// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/icmp_packet.hpp"

namespace mwan::failover {
namespace {

constexpr std::size_t kHeader = 8;

constexpr std::uint8_t request_type(IpFamily family) { return family == IpFamily::V4 ? 8 : 128; }
constexpr std::uint8_t reply_type(IpFamily family) { return family == IpFamily::V4 ? 0 : 129; }

std::uint16_t get_u16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}
void put_u16(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

// RFC 1071: zero over a message that holds its own right checksum.
std::uint16_t checksum(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += get_u16(bytes, i);
  if (bytes.size() % 2 != 0) sum += static_cast<std::uint32_t>(bytes.back()) << 8U;
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

EchoRequest encode_request(IpFamily family, const Echo& echo) {
  EchoRequest out{};
  out[0] = request_type(family);
  put_u16(out, 4, echo.id);
  put_u16(out, 6, echo.sequence);
  for (std::size_t i = 0; i < sizeof echo.token; ++i) {
    out[kHeader + i] = static_cast<std::uint8_t>(echo.token >> (56 - 8 * i));
  }
  if (family == IpFamily::V4) put_u16(out, 2, checksum(out));
  return out;
}

std::optional<Echo> parse_reply(IpFamily family, std::span<const std::uint8_t> message) {
  if (message.size() != sizeof(EchoRequest)) return std::nullopt;
  if (message[0] != reply_type(family) || message[1] != 0) return std::nullopt;
  if (family == IpFamily::V4 && checksum(message) != 0) return std::nullopt;
  Echo out{.id = get_u16(message, 4), .sequence = get_u16(message, 6), .token = 0};
  for (const std::uint8_t byte : message.subspan(kHeader)) out.token = out.token << 8U | byte;
  return out;
}

std::optional<std::span<const std::uint8_t>> icmp_of_ipv4(std::span<const std::uint8_t> packet) {
  constexpr std::size_t kShortest = 20;
  constexpr std::uint8_t kIcmp = 1;
  constexpr unsigned kFragment = 0x3fff;  // "more fragments" and the offset
  if (packet.size() < kShortest || packet[0] >> 4U != 4) return std::nullopt;
  const std::size_t header = static_cast<std::size_t>(packet[0] & 0x0fU) * 4;
  const std::size_t total = get_u16(packet, 2);
  if (header < kShortest || total < header || total > packet.size()) return std::nullopt;
  if (packet[9] != kIcmp || (get_u16(packet, 6) & kFragment) != 0) return std::nullopt;
  return packet.subspan(header, total - header);
}

}  // namespace mwan::failover
