// SPDX-License-Identifier: LGPL-2.1-or-later
// What a link with given addressing needs in the kernel, as values: decided here, done by
// LinkTables.
//
// Per address family:
//   routes in the link's own table   the connected prefix, and a default through the gateway (or
//                                    on the device, where the link is point-to-point)
//   rule P    from ADDRESS lookup main suppress_prefixlength 0
//   rule P+1  from ADDRESS lookup TABLE
// The second rule is what lets a standby be used and probed under strict rp_filter: the kernel
// looks the answer's way back up with the same rule. The first keeps what the router itself says
// with this address to its other networks (the answer to a LAN client that called the WAN address)
// out of the provider's hands: every route of the main table that is more than a default goes
// first.
#pragma once

#include <vector>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {

struct LinkPlan {
  std::vector<IpPrefix> addresses;
  std::vector<Route> routes;  // in the order in which they have to be made
  std::vector<Rule> rules;
  bool operator==(const LinkPlan&) const = default;
};

struct LinkPlace {
  std::uint32_t ifindex = 0;
  std::uint32_t table = 0;
  std::uint32_t rule_priority = 0;
};

// What cannot work is refused, with the reason: an address of the wrong family or unspecified, a
// gateway of the other family.
Status check(const IpConfig& config);

// For a config that passes check().
LinkPlan plan_link(const IpConfig& config, const LinkPlace& place);

// The default of the main table for one family; the family must be in the config. The kernel reads
// metric 0 of IPv6 as 1024, where the routes learnt from router advertisements are: ours becomes 1,
// so that those need not be touched.
Route main_default(const IpConfig& config, IpFamily family, std::uint32_t ifindex,
                   std::uint32_t metric);

}  // namespace mwan::netlink
