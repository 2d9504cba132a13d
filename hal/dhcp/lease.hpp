// SPDX-License-Identifier: LGPL-2.1-or-later
// What dhcpcd tells its script about a lease, read and checked. Pure.
//
// The variables are those of dhcpcd-run-hooks(8), the same in dhcpcd 9 and 10. The server's words
// are as untrusted as anything on a wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "hal/process/report.hpp"
#include "hal/time.hpp"

namespace mwan {

struct Lease {
  IpFamilyConfig config;             // of IPv4 with a gateway
  std::optional<std::uint32_t> mtu;  // bytes; only 576..1500 is believed
  std::optional<Duration> time;      // from when it was told; absent: for ever
  std::string server;                // "" when it did not say
  bool operator==(const Lease&) const = default;
};

// What a report is about.
enum class DhcpReason {
  Lease,      // there is a lease: new, renewed, or the one from before confirmed
  Refused,    // the server took the address back (DHCPNAK); the client asks for another one at once
  Lost,       // it has run out, or was given back
  Carrier,    // there is carrier, and the client begins to ask
  NoCarrier,  // and it does not
  Other,      // nothing that concerns the lease
};
DhcpReason dhcp_reason(const ScriptReport& report);

// Of a report with reason Lease. An error is Permanent and names what is wrong with the offer.
//
// The gateway is the first router (option 3); where there are classless static routes (option 121),
// their default route instead, as RFC 3442 wants it. Other routes of a provider are not taken: a
// link's table has its default route and its own network, nothing else.
Result<Lease> read_lease(const ScriptReport& report);

// The same of DHCPv6 (IA_NA): an address alone, /128; routers are none of its business. time is the
// address's valid lifetime.
Result<Lease> read_lease6(const ScriptReport& report);

}  // namespace mwan
