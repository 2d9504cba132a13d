// SPDX-License-Identifier: LGPL-2.1-or-later
// Router advertisements as bytes: RFC 4861 section 4.2, with the options that a host needs: prefix
// information and MTU (RFC 4861 section 4.6), preference (RFC 4191 section 2.2), name servers
// (RFC 8106 section 5.1). Pure; what comes in is untrusted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan {

// Seconds, as on the wire.
inline constexpr std::uint32_t kRaForEver = 0xffffffff;

struct AdvertisedPrefix {
  IpPrefix prefix;  // without host bits
  bool on_link = false;
  bool autonomous = false;  // hosts may make addresses of it
  std::uint32_t valid_s = 0;
  std::uint32_t preferred_s = 0;  // at most valid_s
  bool operator==(const AdvertisedPrefix&) const = default;
};

struct AdvertisedServer {
  IpAddress address;
  std::uint32_t lifetime_s = 0;
  bool operator==(const AdvertisedServer&) const = default;
};

enum class RouterPreference { Low, Medium, High };

struct RouterAdvertisement {
  bool managed = false;          // addresses are to be had by DHCPv6
  std::uint16_t lifetime_s = 0;  // as a default router; 0: it is none
  RouterPreference preference = RouterPreference::Medium;
  std::optional<std::uint32_t> mtu;  // bytes; only 1280..65535 is believed
  // At most 16 and 8; of more the first. Prefixes that no host may use are left out.
  std::vector<AdvertisedPrefix> prefixes;
  std::vector<AdvertisedServer> servers;
  bool operator==(const RouterAdvertisement&) const = default;
};

// How the message came, beside its bytes.
struct RaOrigin {
  IpAddress from;
  int hop_limit = 0;
};

// message: ICMPv6 from its type on, its checksum verified by the kernel. An error says which of the
// checks of RFC 4861 section 6.1.2 it does not pass.
Result<RouterAdvertisement> parse_router_advertisement(const RaOrigin& origin,
                                                       std::span<const std::uint8_t> message);

// RFC 4861 section 4.1, without options; its checksum is the kernel's business.
using RouterSolicitation = std::array<std::uint8_t, 8>;
RouterSolicitation router_solicitation();

}  // namespace mwan
