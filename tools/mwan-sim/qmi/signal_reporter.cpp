// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/signal_reporter.hpp"

#include <algorithm>
#include <cmath>

namespace mwan::sim::qmi {
namespace {

std::optional<double> value_of(const SignalSample& sample, Metric metric) {
  switch (metric) {
    case Metric::Rssi:
      return rssi_of(sample);
    case Metric::Rsrp:
      return sample.rsrp_dbm;
    case Metric::Rsrq:
      return sample.rsrq_db;
    case Metric::Sinr:
      return sample.sinr_db;
  }
  return std::nullopt;
}

bool moved(const SignalReporter::Rule& rule, double before, double after) {
  if (rule.delta && *rule.delta > 0 && std::abs(after - before) >= *rule.delta) return true;
  return std::any_of(rule.thresholds.begin(), rule.thresholds.end(), [&](double threshold) {
    return (before >= threshold) != (after >= threshold);
  });
}

}  // namespace

SignalReporter::SignalReporter() {
  constexpr double kDefaultDelta = 5;
  for (const Tech tech : {Tech::Gsm, Tech::Umts, Tech::Lte}) {
    rules_[{tech, Metric::Rssi}] = {kDefaultDelta, {}};
  }
  rules_[{Tech::Nr, Metric::Rsrp}] = {kDefaultDelta, {}};
}

void SignalReporter::configure(Tech tech, Metric metric, std::optional<double> delta,
                               std::optional<std::vector<double>> thresholds) {
  if (!std::exchange(configured_, true)) rules_.clear();
  Rule& rule = rules_[{tech, metric}];
  if (delta) rule.delta = delta;
  if (thresholds) rule.thresholds = std::move(*thresholds);
}

void SignalReporter::limit_rate(Tech tech, Duration interval) {
  known_.at(static_cast<unsigned>(tech)).interval = interval;
}

void SignalReporter::settle(const Radio& radio) {
  for (Known& known : known_) known.active = false;
  for (const Tech tech : radio.active()) {
    Known& known = known_.at(static_cast<unsigned>(tech));
    known.sample = radio.signal(tech);
    known.active = true;
  }
}

bool SignalReporter::worth_reporting(Tech tech, const SignalSample& now) const {
  const SignalSample& before = known_.at(static_cast<unsigned>(tech)).sample;
  return std::any_of(rules_.begin(), rules_.end(), [&](const auto& entry) {
    if (entry.first.first != tech) return false;
    const auto old_value = value_of(before, entry.first.second);
    const auto new_value = value_of(now, entry.first.second);
    if (!new_value) return false;
    return !old_value || moved(entry.second, *old_value, *new_value);
  });
}

SignalReporter::Verdict SignalReporter::evaluate(Instant now, const Radio& radio) {
  Verdict verdict;
  const auto active = radio.active();
  for (const Tech tech : kAllTechs) {
    Known& known = known_.at(static_cast<unsigned>(tech));
    const bool in_use = std::find(active.begin(), active.end(), tech) != active.end();
    const bool news =
        in_use ? !known.active || worth_reporting(tech, radio.signal(tech)) : known.active;
    if (!news) continue;
    if (known.reported_at && now < *known.reported_at + known.interval) {
      const Instant due = *known.reported_at + known.interval;
      verdict.look_again = std::min(verdict.look_again.value_or(due), due);
      continue;
    }
    known.active = in_use;
    if (in_use) known.sample = radio.signal(tech);
    known.reported_at = now;
    verdict.report.push_back(tech);
  }
  return verdict;
}

}  // namespace mwan::sim::qmi
