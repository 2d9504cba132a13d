// SPDX-License-Identifier: LGPL-2.1-or-later
// The demo: plays the failover scenarios with and without the radio's facts, tells what happened,
// and ends in a table.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/std.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/report.hpp"
#include "tests/lab/run.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string json;
  std::string keep_logs;
  bool quiet = false;
  std::vector<std::string> only;
  std::vector<std::string> modes;
};

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  names.reserve(std::size(all_scenarios));
  for (const Scenario s : all_scenarios) names.emplace_back(text_of(s).name);
  return names;
}

// Nothing asked for means everything.
bool wanted(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::ranges::find(list, name) != list.end();
}

// The run up to its last wanted scenario: the earlier ones are needed to get there.
RunScenarios trimmed(RunScenarios run, const Options& options) {
  while (!run.empty() && !wanted(options.only, text_of(run.back()).name)) run.pop_back();
  return run;
}

Result<WorkFolder> folder_for(const RunScenarios& run, Mode mode, const Options& options) {
  if (options.keep_logs.empty()) return WorkFolder::temporary();
  return WorkFolder::kept(fs::path(options.keep_logs) /
                          fmt::format("{}-{}", text_of(run.front()).name, name(mode)));
}

void announce(Scenario scenario, Mode mode) {
  fmt::print("\n{}, {}: {}\n", text_of(scenario).name,
             mode == Mode::Radio ? "radio-aware" : "pings only", text_of(scenario).title);
  std::fflush(stdout);
}

void tell(const Outcome& outcome, const Options& options) {
  if (!options.quiet) {
    fmt::print("{}", render(outcome.timeline, outcome.cause, ::isatty(STDOUT_FILENO) == 1));
  }
  std::fflush(stdout);
}

void complain(const RunScenarios& run, Mode mode, const RunReport& report) {
  fmt::print(stderr, "\n{} ({}) failed: {}\n", text_of(run.front()).name, name(mode),
             *report.problem);
  if (report.daemon_log.empty()) return;
  fmt::print(stderr, "The end of the daemon's log:\n{}", report.daemon_log);
}

// True when every scenario was played to its end.
bool play_all(const Programs& programs, const Options& options, std::vector<ResultRow>& rows) {
  bool all_well = true;
  for (const RunScenarios& whole : all_runs()) {
    const RunScenarios run = trimmed(whole, options);
    for (const Mode mode : {Mode::Radio, Mode::Pings}) {
      if (run.empty() || !wanted(options.modes, name(mode))) continue;
      const auto folder = folder_for(run, mode, options);
      if (!folder) {
        fmt::print(stderr, "{}\n", folder.error().text());
        return false;
      }
      const auto asked_for = [&](std::string_view scenario) {
        return wanted(options.only, scenario);
      };
      const RunReport report =
          play_run(programs, run, mode, folder->path(),
                   {.before =
                        [&](Scenario scenario) {
                          if (asked_for(text_of(scenario).name)) announce(scenario, mode);
                        },
                    .after =
                        [&](const Outcome& outcome) {
                          if (!asked_for(outcome.row.scenario) || interrupted()) return;
                          tell(outcome, options);
                          rows.push_back(outcome.row);
                        }});
      if (interrupted()) return false;
      if (report.problem) {
        complain(run, mode, report);
        all_well = false;
      }
    }
  }
  return all_well;
}

int demo(const Options& options, const Programs& programs) {
  // Before minutes go by: can the results be written at the end?
  if (!options.json.empty()) {
    if (auto done = write_file(options.json, result_json({})); !done) {
      fmt::print(stderr, "{}\n", done.error().text());
      return 2;
    }
  }
  catch_interrupts();
  std::vector<ResultRow> rows;
  const bool all_well = play_all(programs, options, rows);
  if (interrupted()) {
    fmt::print(stderr, "Interrupted; everything is cleaned up.\n");
    return 130;
  }
  if (!options.json.empty()) {
    if (auto done = write_file(options.json, result_json(rows)); !done) {
      fmt::print(stderr, "{}\n", done.error().text());
      return 2;
    }
  }
  fmt::print("\n{}", result_table(rows));
  return all_well ? 0 : 1;
}

}  // namespace
}  // namespace mwan::lab

// What the standard library throws here (no memory) ends the program, as it should.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  using namespace mwan::lab;
  Options options;
  // Where the build put them; the demo is never installed.
  const Programs programs{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_LAB_SCENARIOS};
  CLI::App app(
      "Plays failover scenarios in network namespaces, with and without the radio's facts.",
      "demo");
  app.add_option("--json", options.json, "also write the table's rows to this file, as JSON");
  app.add_flag("--quiet", options.quiet, "only the table, no timelines");
  app.add_option("--only", options.only, "play only this scenario (may be given several times)")
      ->check(CLI::IsMember(scenario_names()));
  app.add_option("--mode", options.modes, "play only in this mode")
      ->check(CLI::IsMember(std::vector<std::string>{"radio", "pings"}));
  app.add_option("--keep-logs", options.keep_logs,
                 "leave configurations, states and logs of all runs in this folder");
  CLI11_PARSE(app, argc, argv);
  if (::geteuid() != 0) {
    fmt::print(stderr, "demo: run it as root: it makes network namespaces of its own.\n");
    return 2;
  }
  return demo(options, programs);
}
