// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/neighbour_packet.hpp"

#include <algorithm>

namespace mwan::failover {
namespace {

constexpr std::uint8_t kArpRequest = 1;
constexpr std::uint8_t kArpReply = 2;
// Ethernet, IPv4, addresses of 6 and 4 bytes.
constexpr std::array<std::uint8_t, 7> kArpHead = {0, 1, 8, 0, 6, 4, 0};

}  // namespace

ArpRequest encode_arp_request(const HardwareAddress& own, const IpAddress& source,
                              const IpAddress& target) {
  ArpRequest out{};
  std::ranges::copy(kArpHead, out.begin());
  out[7] = kArpRequest;
  std::ranges::copy(own, out.begin() + 8);
  std::ranges::copy(source.bytes().first(4), out.begin() + 14);
  std::ranges::copy(target.bytes().first(4), out.begin() + 24);
  return out;
}

std::optional<IpAddress> parse_arp_reply(std::span<const std::uint8_t> packet) {
  if (packet.size() < sizeof(ArpRequest)) return std::nullopt;  // padded to a frame's least length
  if (!std::ranges::equal(packet.first(kArpHead.size()), kArpHead) || packet[7] != kArpReply) {
    return std::nullopt;
  }
  return IpAddress::from_bytes(packet.subspan(14, 4));
}

NeighbourSolicitation encode_solicitation(const HardwareAddress& own, const IpAddress& target) {
  NeighbourSolicitation out{};
  out[0] = 135;
  std::ranges::copy(target.bytes(), out.begin() + 8);
  out[24] = 1;  // source link-layer address
  out[25] = 1;  // in units of 8 bytes
  std::ranges::copy(own, out.begin() + 26);
  return out;
}

IpAddress solicited_node(const IpAddress& target) {
  std::array<std::uint8_t, 16> out = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
  std::ranges::copy(target.bytes().last(3), out.begin() + 13);
  return IpAddress::from_bytes(out).value_or(IpAddress());
}

std::optional<IpAddress> parse_advertisement(std::span<const std::uint8_t> message) {
  if (message.size() < 24 || message[0] != 136 || message[1] != 0) return std::nullopt;
  return IpAddress::from_bytes(message.subspan(8, 16));
}

}  // namespace mwan::failover
