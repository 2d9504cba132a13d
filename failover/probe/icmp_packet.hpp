// SPDX-License-Identifier: LGPL-2.1-or-later
// ICMP echo messages as bytes: RFC 792 (type 8 and 0) and RFC 4443 section 4 (type 128 and 129).
// Pure; what comes in is untrusted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "hal/ip.hpp"

namespace mwan::failover {

struct Echo {
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::uint64_t token = 0;  // carried as data: only who got the request can know it
  bool operator==(const Echo&) const = default;
};

// 8 bytes of header and the token: the least that can be told from anybody else's, on a link where
// every byte may be paid for.
using EchoRequest = std::array<std::uint8_t, 16>;

// With the checksum for IPv4; that of IPv6 covers the addresses, the kernel makes it.
EchoRequest encode_request(IpFamily family, const Echo& echo);

// Nothing unless it is a whole, valid echo reply with a token as ours.
std::optional<Echo> parse_reply(IpFamily family, std::span<const std::uint8_t> message);

// The payload of an IPv4 packet of protocol ICMP, as a raw socket gives it; nothing when it is
// none, is cut short, or is a fragment.
std::optional<std::span<const std::uint8_t>> icmp_of_ipv4(std::span<const std::uint8_t> packet);

}  // namespace mwan::failover
