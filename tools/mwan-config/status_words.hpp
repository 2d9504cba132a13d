// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's status for people. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mwan::config_tool {

// Of what docs/control.md says a status is; what is missing is left out. Ends with a line end.
std::string status_words(const nlohmann::ordered_json& status);

// "3 s", "12 min", "5 h", "2 d".
std::string time_words(std::int64_t seconds);

// Texts may quote what a modem or a network says: nothing in them may drive a terminal.
std::string printable(std::string_view text);

}  // namespace mwan::config_tool
