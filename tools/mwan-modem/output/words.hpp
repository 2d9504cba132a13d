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

// "band 3 (1800 MHz)" of a downlink channel; empty where the channel alone does not tell.
std::string band_of_channel(Rat rat, std::uint32_t channel);
// "LTE band 3 (1800 MHz), channel 1300, 20 MHz wide".
std::string sentence(const ActiveBand& carrier);

}  // namespace mwan::tool
