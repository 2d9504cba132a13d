// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/json_lines.hpp"

#include "tests/lab/work_folder.hpp"

namespace mwan::lab {

std::vector<nlohmann::json> parse_json_lines(std::string_view text) {
  std::vector<nlohmann::json> lines;
  while (true) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return lines;
    auto parsed = nlohmann::json::parse(text.substr(0, end), nullptr, false);
    if (parsed.is_object()) lines.push_back(std::move(parsed));
    text.remove_prefix(end + 1);
  }
}

std::vector<nlohmann::json> read_json_lines(const std::filesystem::path& path) {
  return parse_json_lines(read_file(path));
}

}  // namespace mwan::lab
