// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/modem_story.hpp"

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace mwan::lab {

namespace {

std::string step_of(const nlohmann::json& line) {
  const auto found = line.find("step");
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool modem_is_lost(const std::vector<nlohmann::json>& log) {
  bool lost = false;
  for (const auto& line : log) {
    const std::string step = step_of(line);
    if (step.starts_with("registration ")) lost = step != "registration home";
  }
  return lost;
}

std::vector<TimelineEntry> tell_modem(const std::vector<nlohmann::json>& log) {
  std::vector<TimelineEntry> entries;
  for (const auto& line : log) {
    const std::string step = step_of(line);
    const auto time = line.find("monotonic_us");
    if (step.empty() || step == "start" || time == line.end() || !time->is_number_integer()) {
      continue;
    }
    entries.push_back({Instant(Duration(time->get<std::int64_t>())), Witness::Modem, step, ""});
  }
  return entries;
}

}  // namespace mwan::lab
