// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes hosts speak on TCP connections that are silent and can no longer work, so that a firewall
// rule can answer what they say with a reset. Each gets one segment in its server's name that fits
// nowhere into the connection, and has to answer it with an acknowledgement of what it expects (RFC
// 9293 section 3.10.7.4, RFC 5961 section 5). The connection itself is not touched by it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hal/error.hpp"
#include "netlink/conntrack.hpp"

namespace mwan::netlink {

// A whole IP packet, an acknowledgement without data.
std::vector<std::uint8_t> nudge_packet(const TcpFlow& flow, std::uint32_t sequence,
                                       std::uint32_t acknowledged);

// Returns how many were sent. Needs CAP_NET_RAW. Does not wait: what finds the device's queue full
// is left out.
Result<std::size_t> nudge(std::span<const TcpFlow> flows);

}  // namespace mwan::netlink
