// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <fmt/ostream.h>

#include "tools/mwan-replay/commands/commands.hpp"
#include "tools/mwan-replay/decisions.hpp"
#include "tools/mwan-replay/learn/learn.hpp"
#include "tools/mwan-replay/learn/write_model.hpp"
#include "tools/mwan-replay/policy.hpp"
#include "tools/mwan-replay/report.hpp"
#include "tools/mwan-replay/wmn_lab/play.hpp"

namespace mwan::replay {
namespace {

using Models = std::map<std::string, failover::RiskModel>;

// The two prices that docs/prediction.md reports.
constexpr double few_switches = 0.63;
constexpr double more_switches = 0.255;

Result<Score> play_all(const Drives& drives, const Models& models, const Options& options,
                       std::ostream* decisions) {
  auto policy = make_replay_policy(options, 2);
  if (!policy) return failed(policy.error());
  const double price = policy->risk.switch_price;
  Score total;
  for (const Pair& pair : drives.pairs) {
    policy->risk = models.at(pair.date);
    policy->risk.switch_price = price;
    const Played played = play_pair(*policy, drives, pair, options);
    total.add(played.score);
    if (decisions != nullptr) write_decisions(*decisions, played.result, pair.number);
  }
  return total;
}

struct Variant {
  const char* name;
  void (*change)(Options&);
};
constexpr Variant variants[] = {
    {"", [](Options&) {}},
    {", radio one second late", [](Options& o) { o.radio_late_s = 1; }},
    {", without neighbour cells", [](Options& o) { o.without_neighbours = true; }},
    {", LTE only", [](Options& o) { o.without_nr = true; }},
    {", LTE only, without neighbours",
     [](Options& o) {
       o.without_nr = true;
       o.without_neighbours = true;
     }},
    {", one probe a second", [](Options& o) { o.probes = 1; }},
};

Status report_variants(const Drives& drives, const Models& models, const Options& options,
                       std::ostream& out) {
  for (const double price : {few_switches, more_switches}) {
    for (const Variant& variant : variants) {
      Options changed = options;
      changed.switch_price = price;
      variant.change(changed);
      const auto score = play_all(drives, models, changed, nullptr);
      if (!score) return failed(score.error());
      out << row_text({fmt::format("price {}{}", price, variant.name), *score}) << std::flush;
    }
  }
  Options pings = options;
  pings.mode = Mode::Pings;
  const auto score = play_all(drives, models, pings, nullptr);
  if (!score) return failed(score.error());
  out << row_text({"probes alone", *score});
  return {};
}

Status cross_validate(const Drives& drives, const Dataset& data, const Options& options,
                      std::ostream& out) {
  Models models;
  for (const std::string& date : dates_of(drives)) {
    models.emplace(date, learn(drives, data, date, LearnOptions{}));
    fmt::print(out, "learned without {}\n", date);
  }
  if (!options.decisions.empty()) {
    std::ofstream decisions(options.decisions);
    write_decisions_header(decisions, true);
    const auto score = play_all(drives, models, options, &decisions);
    if (!score) return failed(score.error());
    decisions.close();
    if (!decisions) return failed(FailureClass::Permanent, options.decisions, "cannot be written");
    out << row_text({"written to " + options.decisions, *score});
    return {};
  }
  return report_variants(drives, models, options, out);
}

}  // namespace

Status learn_model(const Options& options, std::ostream& out) {
  const auto drives = load_drives(options.pairs, options.traces);
  if (!drives) return failed(drives.error());
  std::size_t left_out = 0;
  for (const Recording& recording : drives->recordings) left_out += recording.rows_left_out;
  const Dataset data = make_dataset(*drives, {.seed = options.seed});
  fmt::print(out, "{} recordings, {} seconds, {} pairs, {} malformed rows left out\n",
             drives->recordings.size(), data.features.rows(), drives->pairs.size(), left_out);
  if (options.cross_validate) return cross_validate(*drives, data, options, out);
  const std::string source = model_source(learn(*drives, data, "", LearnOptions{}));
  if (options.write.empty()) {
    out << source;
    return {};
  }
  std::ofstream file(options.write);
  file << source;
  file.close();
  if (!file) return failed(FailureClass::Permanent, options.write, "cannot be written");
  return {};
}

}  // namespace mwan::replay
