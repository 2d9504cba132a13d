// SPDX-License-Identifier: LGPL-2.1-or-later
// One life of the daemon: from its start on a fresh lab through scenarios that belong together to
// its end.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/scenario.hpp"

namespace mwan::lab {

// Scenarios that are played on one lab, in their order.
using RunScenarios = std::vector<Scenario>;
const std::vector<RunScenarios>& all_runs();

struct RunReport {
  std::vector<Outcome> outcomes;       // one for each scenario
  std::optional<std::string> problem;  // the first one, if any
  std::string daemon_log;              // the end of it, with a problem
};

// Called while the run goes on.
struct RunObserver {
  std::function<void(Scenario)> before;
  std::function<void(const Outcome&)> after;
};

// folder holds configuration, state and logs; it exists.
RunReport play_run(const Programs& programs, const RunScenarios& scenarios, Mode mode,
                   const std::filesystem::path& folder, const RunObserver& observer);

}  // namespace mwan::lab
