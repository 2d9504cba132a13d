// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's decision log, read as somebody would who wants to know what it saw, decided and did.
// Pure.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/lab/timeline.hpp"

namespace mwan::lab {

inline constexpr const char* decision_log_name = "decisions.jsonl";

// Whether the last verdict about the profile, since the daemon was last started, is that it is
// good.
bool link_is_good(const std::vector<nlohmann::json>& log, std::string_view profile);

// One entry for each thing worth telling; what only confirms the state before is left out.
std::vector<TimelineEntry> tell_daemon(const std::vector<nlohmann::json>& log);

}  // namespace mwan::lab
