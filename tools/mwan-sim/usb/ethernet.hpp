// SPDX-License-Identifier: LGPL-2.1-or-later
// The Ethernet frames of a modem whose packet format is 802.3: it has no Ethernet behind it, so it
// takes the header off, puts one on, and answers ARP for every address itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "tools/mwan-sim/codec/bytes.hpp"

namespace mwan::sim::usb {

using MacAddress = std::array<std::uint8_t, 6>;

// The modem's own end. Locally administered.
constexpr MacAddress kModemMac = {0x02, 0x50, 0xf3, 0x00, 0x00, 0x01};

struct FromHost {
  std::optional<Bytes> packet;  // IPv4 or IPv6, for the network
  std::optional<Bytes> answer;  // a frame for the host: an ARP reply
  MacAddress source{};
};
// Nothing for what is no frame, and for one that neither carries IP nor asks by ARP.
std::optional<FromHost> read_ethernet(std::span<const std::uint8_t> frame);

// An IP packet as a frame to the host.
Bytes to_ethernet(std::span<const std::uint8_t> packet, const MacAddress& host);

}  // namespace mwan::sim::usb
