// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "tools/mwan-replay/commands/commands.hpp"
#include "tools/mwan-replay/decisions.hpp"
#include "tools/mwan-replay/native_link.hpp"
#include "tools/mwan-replay/plot/plot.hpp"
#include "tools/mwan-replay/policy.hpp"
#include "tools/mwan-replay/report.hpp"
#include "tools/mwan-replay/wmn_lab/play.hpp"

namespace mwan::replay {
namespace {

Status save_decisions(const Options& options, const DriveResult& result) {
  if (options.decisions.empty()) return {};
  std::ofstream file(options.decisions);
  write_decisions_header(file, false);
  write_decisions(file, result);
  file.close();
  if (!file) return failed(FailureClass::Permanent, options.decisions, "cannot be written");
  return {};
}

void print_changes(const DriveResult& result, const failover::Policy& policy, std::ostream& out) {
  for (std::size_t t = 0; t < result.seconds.size(); ++t) {
    const DriveSecond& second = result.seconds[t];
    const bool changed = t > 0 && second.active != result.seconds[t - 1].active;
    if (changed) {
      fmt::print(out, "{:6} s  to {}: {}\n", t, policy.links.at(second.active).name, second.reason);
    }
  }
}

Status play_wmn_lab(const Options& options, std::ostream& out) {
  std::vector<Recording> recordings;
  for (const std::string& path : options.links) {
    auto read = load_recording(path);
    if (!read) return failed(read.error());
    recordings.push_back(std::move(*read));
  }
  std::int64_t begin = recordings.front().start_s;
  std::int64_t end = begin + static_cast<std::int64_t>(recordings.front().seconds.size());
  for (const Recording& r : recordings) {
    begin = std::max(begin, r.start_s);
    end = std::min(end, r.start_s + static_cast<std::int64_t>(r.seconds.size()));
  }
  if (end <= begin) {
    return failed(FailureClass::Permanent, options.links.front(),
                  "has no second in common with the other recordings");
  }
  std::vector<ScoredLink> links;
  links.reserve(recordings.size());
  for (const Recording& r : recordings) {
    links.push_back({&r, static_cast<std::size_t>(begin - r.start_s)});
  }
  const auto policy = make_replay_policy(options, links.size());
  if (!policy) return failed(policy.error());
  const auto seconds = static_cast<std::size_t>(end - begin);
  const Played played = play(*policy, links, seconds, options, !options.plot.empty());
  std::vector<ScoredRow> rows = {{"these decisions", played.score}};
  for (std::size_t i = 0; i < links.size(); ++i) {
    DriveResult stay;
    stay.seconds.assign(seconds, {static_cast<std::uint16_t>(i), ""});
    rows.push_back({"staying on " + recordings[i].name, score(stay, links)});
  }
  if (options.json != "-") {
    print_changes(played.result, *policy, out);
    for (const ScoredRow& row : rows) out << row_text(row);
  }
  if (auto ok = save_decisions(options, played.result); !ok) return ok;
  if (!options.json.empty()) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const ScoredRow& row : rows) json.push_back(row_json(row));
    if (auto ok = write_json(options.json, json); !ok) return ok;
  }
  if (options.plot.empty()) return {};
  return plot_recordings(links, played.result, {0, seconds}, options.plot);
}

Status play_native(const Options& options, std::ostream& out) {
  std::vector<NativeLink> recorded;
  for (const std::string& path : options.links) {
    auto trace = failover::load_trace(path);
    if (!trace) return failed(trace.error());
    recorded.emplace_back(std::move(*trace));
  }
  std::size_t seconds = 0;
  std::vector<RecordedLink*> links;
  for (NativeLink& link : recorded) {
    seconds = std::max(seconds, link.seconds());
    links.push_back(&link);
  }
  const auto policy = make_replay_policy(options, links.size());
  if (!policy) return failed(policy.error());
  DriveOptions drive_options;
  drive_options.radio_late_s = options.radio_late_s;
  drive_options.opinions = !options.plot.empty();
  const DriveResult result = drive(*policy, links, seconds, drive_options);
  if (options.json != "-") {
    print_changes(result, *policy, out);
    fmt::print(out, "{} seconds, {} changes of link; these recordings hold no losses\n", seconds,
               result.switches);
  }
  if (auto ok = save_decisions(options, result); !ok) return ok;
  if (!options.json.empty()) {
    if (auto ok = write_json(options.json, {{"seconds", seconds}, {"switches", result.switches}});
        !ok) {
      return ok;
    }
  }
  if (options.plot.empty()) return {};
  return plot_opinions(options.links, result, options.plot);
}

}  // namespace

Status play_files(const Options& options, std::ostream& out) {
  return options.format == Format::WmnLab ? play_wmn_lab(options, out) : play_native(options, out);
}

}  // namespace mwan::replay
