// SPDX-License-Identifier: LGPL-2.1-or-later
// rtnetlink messages to values and back: pure functions over bytes. A message that is too short, or
// of another kind, parses to nothing. Layouts: linux/rtnetlink.h, if_link.h, if_addr.h,
// neighbour.h, fib_rules.h.
#pragma once

#include <optional>

#include "hal/traffic/netdev_counters.hpp"
#include "netlink/message.hpp"
#include "netlink/types.hpp"

namespace mwan::netlink {

std::optional<LinkInfo> parse_link(const nlmsghdr& message);
std::optional<Address> parse_address(const nlmsghdr& message);
std::optional<Route> parse_route(const nlmsghdr& message);
std::optional<Rule> parse_rule(const nlmsghdr& message);
std::optional<Neighbour> parse_neighbour(const nlmsghdr& message);

// An RTM_NEWSTATS message with IFLA_STATS_LINK_64.
std::optional<NetdevCounters> parse_counters(const nlmsghdr& message);

fact::Nud nud_of(std::uint16_t kernel_state);

// flags are those of the netlink header (NLM_F_CREATE ...); NLM_F_REQUEST is added when sent.
Message address_message(int type, int flags, const Address& address);
Message route_message(int type, int flags, const Route& route);
Message rule_message(int type, int flags, const Rule& rule);

}  // namespace mwan::netlink
