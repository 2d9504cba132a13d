// SPDX-License-Identifier: LGPL-2.1-or-later
// What the values of hal/ and modems/ are called towards people and in JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "hal/discovery/group.hpp"
#include "modems/adapter.hpp"

namespace mwan::tool {

// For JSON: stable, lower case, hyphens ("nr-nsa", "pin-required", "hardware-off").
std::string_view token(Rat rat);
std::string_view token(RegistrationState state);
std::string_view token(PacketServiceState state);
std::string_view token(RadioPower power);
std::string_view token(SimState state);
std::string_view token(IpFamily family);

// For people: "5G beside LTE", "the PIN is needed".
std::string_view words(Rat rat);
std::string_view words(RegistrationState state);
std::string_view words(PacketServiceState state);
std::string_view words(RadioPower power);
std::string_view words(SimState state);
std::string_view words(IpFamily family);

// "registered at home in Example Mobile (26201), LTE".
std::string sentence(const Registration& registration);

// The LTE or 5G band of a downlink channel number: "band 3 (1800 MHz)"; empty when it is in none.
// EARFCN ranges: 3GPP TS 36.101 table 5.7.3-1. NR-ARFCNs lie in several bands at once; none is
// named for them.
std::string band_of(Rat rat, std::uint32_t arfcn);

}  // namespace mwan::tool
