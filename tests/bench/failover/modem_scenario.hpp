// SPDX-License-Identifier: LGPL-2.1-or-later
// What the simulated modem lives through.
#pragma once

#include <string>
#include <string_view>

namespace mwan::bench {

// A healthy LTE modem; `part` befalls it with each of so many signals (SIGUSR1).
std::string modem_scenario(std::string_view part, int times);

}  // namespace mwan::bench
