// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/run.hpp"

namespace mwan::lab {

namespace {

const char* simulator_scenario(Scenario first) {
  return first == Scenario::Fade ? "fade" : "steady";
}

Outcome not_played(Scenario scenario, Mode mode, const std::string& problem) {
  Outcome outcome;
  outcome.row.scenario = text_of(scenario).name;
  outcome.row.mode = mode;
  outcome.problem = problem;
  return outcome;
}

}  // namespace

const std::vector<RunScenarios>& all_runs() {
  static const std::vector<RunScenarios> runs = {
      {Scenario::Fade}, {Scenario::Cable, Scenario::Return}, {Scenario::DeadUpstream}};
  return runs;
}

RunReport play_run(const Programs& programs, const RunScenarios& scenarios, Mode mode,
                   const std::filesystem::path& folder, const RunObserver& observer) {
  RunReport report;
  const auto get_ready = [&](const Result<std::unique_ptr<Lab>>& lab) -> Status {
    if (!lab) return failed(lab.error());
    if (auto started = (*lab)->start_daemon(); !started) return started;
    return (*lab)->wait_until_steady();
  };
  const Scenario first = scenarios.front();
  if (observer.before) observer.before(first);
  auto lab = Lab::build({programs, folder, simulator_scenario(first), mode, primary_of(first)});
  if (const Status ready = get_ready(lab); !ready) report.problem = ready.error().text();
  for (const Scenario scenario : scenarios) {
    if (scenario != first && observer.before) observer.before(scenario);
    report.outcomes.push_back(report.problem ? not_played(scenario, mode, *report.problem)
                                             : play(**lab, scenario, mode));
    if (!report.problem) report.problem = report.outcomes.back().problem;
    if (observer.after) observer.after(report.outcomes.back());
  }
  if (!lab) return report;
  (*lab)->stop_daemon();
  if (report.problem) report.daemon_log = (*lab)->daemon_log_tail();
  return report;
}

}  // namespace mwan::lab
