// SPDX-License-Identifier: LGPL-2.1-or-later
// The modem simulator's own log: what its radio did. Pure.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/lab/timeline.hpp"

namespace mwan::lab {

// Whether the modem has lost its registration, as the last thing that happened to it.
bool modem_is_lost(const std::vector<nlohmann::json>& log);

std::vector<TimelineEntry> tell_modem(const std::vector<nlohmann::json>& log);

}  // namespace mwan::lab
