// SPDX-License-Identifier: LGPL-2.1-or-later
// What pppd is given and what it says: its options file, its ip-up script's words, its exit codes.
// Pure. Only what pppd 2.4.9 and 2.5 both know (pppd(8)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "hal/process/child.hpp"
#include "hal/process/report.hpp"
#include "hal/secret.hpp"

namespace mwan {

struct PppdOptions {
  std::string netdev;    // "eth1", which the session runs over
  std::string linkname;  // letters, digits, '_', '.' and '-'
  std::string username;
  Secret password;
  std::string service_name;  // empty: whatever is offered
  std::string ac_name;       // empty: whichever access concentrator answers
  std::uint32_t mtu = 1492;  // bytes, also what the peer is asked to keep to
  bool ipv6 = false;         // is negotiated as well (IPV6CP); a peer may have one of both
  std::string socket;        // absolute path without white space: MWAN_SOCKET of the scripts
};

// Holds the password: for a file that only root can read. Permanent when a value cannot be written
// into such a file.
Result<std::string> pppd_options(const PppdOptions& options);

struct PppSession {
  std::string netdev;     // "ppp0"
  IpFamilyConfig config;  // our address as a host, no gateway: everything goes to the peer
  bool operator==(const PppSession&) const = default;
};
// Of a report named ip-up: interface, device, speed, our address, the peer's; DNS1 and DNS2 in the
// environment.
Result<PppSession> read_ip_up(const ScriptReport& report);

// Of a report named ipv6-up, the same arguments: the device. Addresses beyond the link's own are
// not negotiated (RFC 5072), routers advertise them.
Result<std::string> read_ipv6_up(const ScriptReport& report);

// Whether a line of pppd's output says that the peer answers no LCP echo any more. Its exit code
// (15) does not: by the end of the session, pppd 2.4.9 has replaced it with that of a hang-up.
bool says_peer_is_dead(std::string_view line);
// A stand-in for the exit code that belongs to it.
inline constexpr ProgramEnd kPeerIsDead{.exit_code = 15};

// Why pppd ended and what to do about it, in words. Throttled where trying again soon would only
// annoy the provider: a password that was refused once is refused again.
Error pppd_ended(const ProgramEnd& end, const std::string& link, const std::string& netdev);

}  // namespace mwan
