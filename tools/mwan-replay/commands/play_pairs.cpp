// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "tools/mwan-replay/commands/commands.hpp"
#include "tools/mwan-replay/decisions.hpp"
#include "tools/mwan-replay/plot/plot.hpp"
#include "tools/mwan-replay/policy.hpp"
#include "tools/mwan-replay/report.hpp"
#include "tools/mwan-replay/wmn_lab/play.hpp"

namespace mwan::replay {
namespace {

constexpr std::size_t minute = 60;
constexpr std::size_t worst_minutes = 5;

// A minute of a pair, and how many seconds of it were lost on the link in use.
struct Minute {
  std::size_t pair = 0;
  std::size_t first = 0;
  std::uint64_t lost = 0;
};

void note_minutes(const Drives& drives, std::size_t index, const DriveResult& result,
                  std::vector<Minute>& out) {
  const Pair& pair = drives.pairs[index];
  for (std::size_t first = 0; first + minute <= pair.seconds; first += minute) {
    Minute m{index, first, 0};
    for (std::size_t t = first; t < first + minute; ++t) {
      const bool on_a = result.seconds[t].active == 0;
      const Recording& used = drives.recordings[on_a ? pair.a : pair.b];
      if (used.seconds[(on_a ? pair.offset_a : pair.offset_b) + t].lost()) ++m.lost;
    }
    out.push_back(m);
  }
}

// The worst first; both orders of two phones, and neighbouring minutes, would show the same twice.
std::vector<Minute> worst(const Drives& drives, std::vector<Minute> minutes) {
  std::ranges::stable_sort(minutes, std::ranges::greater(), &Minute::lost);
  std::vector<Minute> out;
  for (const Minute& m : minutes) {
    const Pair& pair = drives.pairs[m.pair];
    const bool known = std::ranges::any_of(out, [&](const Minute& other) {
      const Pair& seen = drives.pairs[other.pair];
      return seen.a == pair.a || seen.b == pair.b || seen.a == pair.b || seen.b == pair.a;
    });
    if (known) continue;
    out.push_back(m);
    if (out.size() == worst_minutes) break;
  }
  return out;
}

Status plot_worst(const failover::Policy& policy, const Drives& drives,
                  const std::vector<Minute>& minutes, const Options& options, std::ostream& out) {
  std::error_code error;
  std::filesystem::create_directories(options.plot, error);
  std::size_t n = 0;
  for (const Minute& m : worst(drives, minutes)) {
    const Pair& pair = drives.pairs[m.pair];
    const Played played = play_pair(policy, drives, pair, options, true);
    const std::string file = fmt::format("{}/worst-{}.svg", options.plot, ++n);
    const PlotWindow window{m.first > 20 ? m.first - 20 : 0,
                            std::min(m.first + minute + 20, pair.seconds)};
    auto drawn = plot_recordings(
        {{&drives.recordings[pair.a], pair.offset_a}, {&drives.recordings[pair.b], pair.offset_b}},
        played.result, window, file);
    if (!drawn) return drawn;
    fmt::print(out, "{}: pair {}, seconds {} to {}, {} of them lost: {} and {}\n", file,
               pair.number, m.first, m.first + minute - 1, m.lost, drives.recordings[pair.a].name,
               drives.recordings[pair.b].name);
  }
  return {};
}

}  // namespace

Status play_pairs(const Options& options, std::ostream& out) {
  const auto drives = load_drives(options.pairs, options.traces);
  if (!drives) return failed(drives.error());
  const auto policy = make_replay_policy(options, 2);
  if (!policy) return failed(policy.error());
  std::ofstream decisions;
  if (!options.decisions.empty()) {
    decisions.open(options.decisions);
    write_decisions_header(decisions, true);
  }
  Score total;
  std::vector<Minute> minutes;
  for (std::size_t i = 0; i < drives->pairs.size(); ++i) {
    const Pair& pair = drives->pairs[i];
    const Played played = play_pair(*policy, *drives, pair, options);
    total.add(played.score);
    if (!options.decisions.empty()) write_decisions(decisions, played.result, pair.number);
    if (!options.plot.empty()) note_minutes(*drives, i, played.result, minutes);
  }
  if (!options.decisions.empty()) {
    decisions.close();
    if (!decisions) return failed(FailureClass::Permanent, options.decisions, "cannot be written");
  }
  const ScoredRow row{options.mode == Mode::Pings ? "pings" : "radio", total};
  if (options.json != "-") {
    fmt::print(out, "{} pairs, {:.1f} hours\n", drives->pairs.size(),
               static_cast<double>(total.seconds) / 3600.0);
    out << row_text(row);
  }
  if (!options.json.empty()) {
    if (auto ok = write_json(options.json, row_json(row)); !ok) return ok;
  }
  if (!options.plot.empty()) return plot_worst(*policy, *drives, minutes, options, out);
  return {};
}

}  // namespace mwan::replay
