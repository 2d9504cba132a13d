// SPDX-License-Identifier: LGPL-2.1-or-later
// Of the firewall's rules, as iptables-save prints them, what concerns RED. Pure.
#pragma once

#include <string_view>

#include "failover/host/ipfire/interference_rules.hpp"

namespace mwan::failover::ipfire {

// Adds what these lines say; call it for the tables nat and filter. Lines that mean nothing here
// are left out, whatever they hold.
void read_rules(std::string_view saved, FoundFirewall& into);

}  // namespace mwan::failover::ipfire
