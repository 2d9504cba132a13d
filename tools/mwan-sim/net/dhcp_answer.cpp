// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/net/dhcp_answer.hpp"

#include <algorithm>
#include <array>

namespace mwan::sim {
namespace {

constexpr std::size_t kIpHeader = 20;
constexpr std::size_t kUdpHeader = 8;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint16_t kServerPort = 67;
constexpr std::uint16_t kClientPort = 68;
constexpr std::uint32_t kLeaseSeconds = 7200;
constexpr std::array<std::uint8_t, 4> kMagic = {99, 130, 83, 99};
constexpr std::array<std::uint8_t, 4> kEverybody = {255, 255, 255, 255};
// Of the fixed part, RFC 2131 section 2.
constexpr std::size_t kTransaction = 4;
constexpr std::size_t kClientAddress = 12;
constexpr std::size_t kHardware = 28;
constexpr std::size_t kOptions = 236;

// RFC 2132.
enum Option : std::uint8_t {
  kMask = 1,
  kRouters = 3,
  kNameServers = 6,
  kMtu = 26,
  kWantedAddress = 50,
  kLease = 51,
  kType = 53,
  kServer = 54,
  kEnd = 255,
};
enum Type : std::uint8_t { kDiscover = 1, kOffer = 2, kRequest = 3, kAck = 5, kNak = 6 };

using View = std::span<const std::uint8_t>;

std::uint16_t big16(View bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

void put16(Bytes& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8U);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

// RFC 1071; `more` is what else goes into the sum.
std::uint16_t checksum(View bytes, std::uint32_t more = 0) {
  std::uint32_t sum = more;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += std::uint32_t{bytes[i]} << (i % 2 ? 0 : 8);
  while (sum >> 16U) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

// Empty: there is none.
View option(View options, std::uint8_t wanted) {
  for (std::size_t at = 0; at < options.size() && options[at] != kEnd;) {
    if (options[at] == 0) {  // padding
      ++at;
      continue;
    }
    if (at + 2 > options.size()) break;
    const std::size_t length = options[at + 1];
    if (at + 2 + length > options.size()) break;
    if (options[at] == wanted) return options.subspan(at + 2, length);
    at += 2 + length;
  }
  return {};
}

void put_option(Bytes& out, std::uint8_t code, View value) {
  ByteWriter(out).u8(code).u8(static_cast<std::uint8_t>(value.size())).bytes(value);
}

std::array<std::uint8_t, 4> big32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
          static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

// The message of a packet; empty when it is none.
View message_of(View packet) {
  if (packet.size() < kIpHeader || packet[0] >> 4U != 4 || packet[9] != kUdp) return {};
  const std::size_t header = std::size_t{4} * (packet[0] & 0xFU);
  if (header < kIpHeader || packet.size() < header + kUdpHeader) return {};
  if (big16(packet, header) != kClientPort || big16(packet, header + 2) != kServerPort) return {};
  return packet.subspan(header + kUdpHeader);
}

Bytes wrap(View message, const AddressPlan& plan) {
  Bytes out(kIpHeader + kUdpHeader);
  out[0] = 0x45;
  put16(out, 2, static_cast<std::uint16_t>(out.size() + message.size()));
  out[8] = 64;  // TTL
  out[9] = kUdp;
  std::ranges::copy(plan.gateway.bytes(), out.begin() + 12);
  std::ranges::copy(kEverybody, out.begin() + 16);
  put16(out, 10, checksum(View(out).first(kIpHeader)));
  put16(out, kIpHeader, kServerPort);
  put16(out, kIpHeader + 2, kClientPort);
  put16(out, kIpHeader + 4, static_cast<std::uint16_t>(kUdpHeader + message.size()));
  ByteWriter(out).bytes(message);
  // The addresses, the protocol and the length belong to the sum of UDP as well (RFC 768).
  std::uint32_t pseudo = kUdp + static_cast<std::uint32_t>(kUdpHeader + message.size());
  for (std::size_t at = 12; at < kIpHeader; at += 2) pseudo += big16(out, at);
  put16(out, kIpHeader + 6, checksum(View(out).subspan(kIpHeader), pseudo));
  return out;
}

}  // namespace

bool is_dhcp_request(View packet) { return !message_of(packet).empty(); }

std::optional<Bytes> answer_dhcp(View packet, const AddressPlan& plan, std::uint32_t mtu) {
  const View asked = message_of(packet);
  if (asked.size() < kOptions + kMagic.size() || asked[0] != 1) return std::nullopt;
  const View options = asked.subspan(kOptions + kMagic.size());
  if (!std::ranges::equal(asked.subspan(kOptions, kMagic.size()), kMagic)) return std::nullopt;
  const View type = option(options, kType);
  if (type.size() != 1) return std::nullopt;

  std::uint8_t answer = kOffer;
  const View ours = plan.address.address.bytes();
  if (type[0] == kRequest) {
    View wanted = option(options, kWantedAddress);
    if (wanted.empty()) wanted = asked.subspan(kClientAddress, 4);
    answer = std::ranges::equal(wanted, ours) ? kAck : kNak;
  } else if (type[0] != kDiscover) {
    return std::nullopt;
  }

  Bytes out(kOptions);
  out[0] = 2;         // a reply
  out[1] = asked[1];  // kind of hardware, and how long its addresses are
  out[2] = asked[2];
  std::ranges::copy(asked.subspan(kTransaction, 4), out.begin() + kTransaction);
  std::ranges::copy(asked.subspan(kHardware, 16), out.begin() + kHardware);
  if (answer != kNak) std::ranges::copy(ours, out.begin() + 16);
  ByteWriter(out).bytes(kMagic);
  put_option(out, kType, View(&answer, 1));
  put_option(out, kServer, plan.gateway.bytes());
  if (answer != kNak) {
    const unsigned length = plan.address.length;
    put_option(out, kMask, big32(length == 0 ? 0 : ~std::uint32_t{0} << (32U - length)));
    put_option(out, kRouters, plan.gateway.bytes());
    Bytes servers;
    for (const IpAddress& server : plan.dns) ByteWriter(servers).bytes(server.bytes());
    if (!servers.empty()) put_option(out, kNameServers, servers);
    const auto size = big32(mtu);
    put_option(out, kMtu, View(size).last(2));
    put_option(out, kLease, big32(kLeaseSeconds));
  }
  out.push_back(kEnd);
  return wrap(out, plan);
}

}  // namespace mwan::sim
