// SPDX-License-Identifier: LGPL-2.1-or-later
// Asking for a neighbour's hardware address, as bytes: RFC 826 (ARP over ethernet) and RFC 4861
// sections 4.3 and 4.4 (neighbour solicitation and advertisement). Pure; what comes in is
// untrusted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "hal/ip.hpp"

namespace mwan::failover {

using HardwareAddress = std::array<std::uint8_t, 6>;
using ArpRequest = std::array<std::uint8_t, 28>;
// With the option that tells our own hardware address; the kernel makes the checksum.
using NeighbourSolicitation = std::array<std::uint8_t, 32>;

// Both addresses are IPv4's.
ArpRequest encode_arp_request(const HardwareAddress& own, const IpAddress& source,
                              const IpAddress& target);
// The IPv4 address that a valid ARP reply says the hardware address of.
std::optional<IpAddress> parse_arp_reply(std::span<const std::uint8_t> packet);

NeighbourSolicitation encode_solicitation(const HardwareAddress& own, const IpAddress& target);
// ff02::1:ff00:0/104 with the last three bytes of the address (RFC 4291 section 2.7.1).
IpAddress solicited_node(const IpAddress& target);
// The IPv6 address that a valid neighbour advertisement is about.
std::optional<IpAddress> parse_advertisement(std::span<const std::uint8_t> message);

}  // namespace mwan::failover
