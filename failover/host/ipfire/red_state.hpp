// SPDX-License-Identifier: LGPL-2.1-or-later
// RED's state files, by which IPFire's programs know what RED is: written byte for byte as IPFire
// writes them, and read with distrust.
//
// iface, local-ipaddress and remote-ipaddress have no newline (one in iface would end up in the
// firewall's rules), active is empty, keepconnected is "0\n", /var/run/dnsN is "ADDRESS\n", or "\n"
// for a dns2 that there is not.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "hal/error.hpp"

namespace mwan::failover::ipfire {

// Of those in red/, all that IPFire's scripts write or remove.
inline constexpr std::array<std::string_view, 10> red_files = {
    "active",        "iface",          "local-ipaddress", "remote-ipaddress",
    "keepconnected", "dial-on-demand", "device",          "dns1",
    "dns2",          "resolv.conf"};
inline constexpr std::array<std::string_view, 2> dns_files = {"dns1", "dns2"};  // in run()

// Each file is whole at every moment; active comes last. One that says so already is left alone.
// keepconnected goes: it would let connectd bring up what is in ppp/settings.
Status write_red_state(const Paths& paths, const RedState& red);
// Of these, /var/run/dnsN alone.
Status write_name_servers(const Paths& paths, const RedState& red);

// Whether the files say just that, and active is there.
bool red_state_is(const Paths& paths, const RedState& red);

// Nothing while active is not there, or one of the others says nothing that makes sense.
std::optional<RedState> read_red_state(const Paths& paths);

}  // namespace mwan::failover::ipfire
