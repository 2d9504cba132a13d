// SPDX-License-Identifier: LGPL-2.1-or-later
// The DHCP server that modems have of their own on the network device (not the operator's): it
// leases what the data session was given, and nothing else. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/modem/settings.hpp"

namespace mwan::sim {

// Whether an IP packet goes to a DHCP server: IPv4, UDP, port 68 to 67.
bool is_dhcp_request(std::span<const std::uint8_t> packet);

// The answer to it (RFC 2131), an IP packet to everybody on the link: an offer, the lease, or NAK
// to who asks for another address. Nothing for other messages and for what is no DHCP.
std::optional<Bytes> answer_dhcp(std::span<const std::uint8_t> packet, const AddressPlan& plan,
                                 std::uint32_t mtu);

}  // namespace mwan::sim
