// SPDX-License-Identifier: LGPL-2.1-or-later
// The four stories that the demo tells and the lab tests assert, played on a steady lab.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lab/lab.hpp"
#include "tests/lab/report.hpp"

namespace mwan::lab {

enum class Scenario {
  Fade,          // the modem is primary, fades and loses its registration
  Cable,         // the wired line is primary, its cable is pulled
  DeadUpstream,  // the wired line is primary and dies upstream with its carrier up
  Return,        // after Cable: the cable is plugged in again
};
inline constexpr std::array all_scenarios = {Scenario::Fade, Scenario::Cable,
                                             Scenario::DeadUpstream, Scenario::Return};

struct ScenarioText {
  std::string_view name;   // "dead-upstream", as in the results
  std::string_view title;  // for people
};
const ScenarioText& text_of(Scenario scenario);

// Who is primary when it starts.
Primary primary_of(Scenario scenario);

struct Outcome {
  ResultRow row;
  Instant cause;
  std::vector<TimelineEntry> timeline;
  std::optional<std::string> problem;  // why the scenario could not be played to its end
};

// The lab is steady on the scenario's primary (Return: on the backup, right after Cable was
// played). Takes until the route has moved and whatever was to happen has happened.
Outcome play(Lab& lab, Scenario scenario, Mode mode);

}  // namespace mwan::lab
