// SPDX-License-Identifier: LGPL-2.1-or-later
// Logs of one JSON object a line, as they are while somebody is still writing them.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace mwan::lab {

// The complete lines that are JSON objects; anything else, such as a last line that is only half
// written, is passed over.
std::vector<nlohmann::json> parse_json_lines(std::string_view text);
std::vector<nlohmann::json> read_json_lines(const std::filesystem::path& path);

}  // namespace mwan::lab
