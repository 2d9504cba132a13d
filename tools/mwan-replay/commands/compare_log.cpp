// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fstream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "failover/record/decision_reader.hpp"
#include "failover/record/replay.hpp"
#include "tools/mwan-replay/commands/commands.hpp"
#include "tools/mwan-replay/report.hpp"

namespace mwan::replay {
namespace {

constexpr std::size_t shown = 20;

nlohmann::ordered_json json_of(const failover::ReplayReport& report) {
  nlohmann::ordered_json differences = nlohmann::ordered_json::array();
  for (const failover::Difference& d : report.differences) {
    differences.push_back(
        {{"where", d.where}, {"event", d.event}, {"logged", d.logged}, {"replayed", d.replayed}});
  }
  return {{"runs", report.runs},       {"events", report.events}, {"actions", report.actions},
          {"skipped", report.skipped}, {"torn", report.torn},     {"differences", differences}};
}

}  // namespace

Status compare_log(const Options& options, std::ostream& out) {
  failover::Replay replay;
  for (const std::string& path : options.links) {
    std::ifstream in(path);
    if (!in) return failed(FailureClass::Permanent, path, "cannot be read");
    failover::DecisionReader reader(in, path);
    if (auto ok = replay.add(reader); !ok) return ok;
  }
  const failover::ReplayReport report = replay.finish();
  if (!options.json.empty()) {
    if (auto ok = write_json(options.json, json_of(report)); !ok) return ok;
  }
  if (options.json == "-") return {};
  fmt::print(out, "{} runs, {} events, {} actions; {} events could not be compared{}\n",
             report.runs, report.events, report.actions, report.skipped,
             report.torn ? "; the last record is torn" : "");
  if (report.differences.empty()) {
    out << "this version decides the same\n";
    return {};
  }
  fmt::print(out, "this version decides otherwise at {} events:\n", report.differences.size());
  for (std::size_t i = 0; i < report.differences.size() && i < shown; ++i) {
    const failover::Difference& d = report.differences[i];
    fmt::print(out, "{}: {}\n", d.where, d.event);
    for (const std::string& line : d.logged) fmt::print(out, "  then {}\n", line);
    for (const std::string& line : d.replayed) fmt::print(out, "  now  {}\n", line);
  }
  return {};
}

}  // namespace mwan::replay
