// SPDX-License-Identifier: LGPL-2.1-or-later
// What the simulated operator looks at in a packet: family, source and destination.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "hal/ip.hpp"

namespace mwan::sim {

struct PacketHead {
  IpFamily family = IpFamily::V4;
  IpAddress source;
  IpAddress destination;
};

// Nothing for what is no whole IPv4 or IPv6 header.
inline std::optional<PacketHead> read_head(std::span<const std::uint8_t> packet) {
  constexpr std::size_t kHeader4 = 20;
  constexpr std::size_t kHeader6 = 40;
  if (packet.empty()) return std::nullopt;
  const unsigned version = packet[0] >> 4;
  PacketHead head;
  if (version == 4 && packet.size() >= kHeader4) {
    head.source = IpAddress::from_bytes(packet.subspan(12, 4)).value_or(IpAddress{});
    head.destination = IpAddress::from_bytes(packet.subspan(16, 4)).value_or(IpAddress{});
    return head;
  }
  if (version == 6 && packet.size() >= kHeader6) {
    head.family = IpFamily::V6;
    head.source = IpAddress::from_bytes(packet.subspan(8, 16)).value_or(IpAddress{});
    head.destination = IpAddress::from_bytes(packet.subspan(24, 16)).value_or(IpAddress{});
    return head;
  }
  return std::nullopt;
}

}  // namespace mwan::sim
