// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/dataset.hpp"

#include "failover/core/risk/probe_features.hpp"
#include "failover/core/risk/radio_features.hpp"
#include "tools/mwan-replay/wmn_lab/facts.hpp"
#include "tools/mwan-replay/wmn_lab/probe_draw.hpp"

namespace mwan::replay {
namespace {

using failover::feature_count;

void fill_features(const Recording& recording, const DatasetOptions& options, std::size_t row,
                   Matrix& out) {
  failover::RadioFeatures radio;
  failover::ProbeFeatures probes;
  RecordedRadio recorded;
  const ProbeDraw draw(options.seed, recording.name);
  for (std::size_t t = 0; t < recording.seconds.size(); ++t) {
    const RecordedSecond& second = recording.seconds[t];
    const Instant begin{std::chrono::seconds(t)};
    for (int k = 0; k < options.probes_per_second; ++k) {
      const Duration at = Duration(1'000'000) * (k + 1) / options.probes_per_second;
      const bool lost = draw.lost(t, static_cast<std::uint64_t>(k), second.echo_loss());
      probes.add(begin + at, lost ? 1.0 : 0.0);
    }
    const Instant end = begin + std::chrono::seconds(1);
    for (const Fact& fact : recorded.facts(second)) {
      if (const auto* sample = std::get_if<SignalSample>(&fact)) radio.add(end, *sample);
      if (const auto* report = std::get_if<CellReport>(&fact)) radio.add(end, *report);
    }
    failover::Features features{};
    radio.read(end, features);
    probes.read(end, features);
    for (std::size_t f = 0; f < feature_count; ++f) {
      out(static_cast<Eigen::Index>(row + t), static_cast<Eigen::Index>(f)) = features.at(f);
    }
  }
}

void fill_losses(const Recording& recording, const DatasetOptions& options, std::size_t row,
                 Dataset& out) {
  const auto& seconds = recording.seconds;
  for (std::size_t t = 0; t < seconds.size(); ++t) {
    const auto at = static_cast<Eigen::Index>(row + t);
    const bool in_run =
        (t > 0 && seconds[t - 1].lost()) || (t + 1 < seconds.size() && seconds[t + 1].lost());
    const double lost = seconds[t].lost() ? 1 : 0;
    out.lost[at] = lost;
    out.cost[at] = lost * (in_run ? 1 + options.run_surcharge : 1);
  }
}

}  // namespace

Dataset make_dataset(const Drives& drives, const DatasetOptions& options) {
  Dataset out;
  std::size_t rows = 0;
  for (const Recording& recording : drives.recordings) {
    out.first_row.push_back(rows);
    rows += recording.seconds.size();
  }
  out.first_row.push_back(rows);
  const auto n = static_cast<Eigen::Index>(rows);
  out.features = Matrix::Zero(n, static_cast<Eigen::Index>(feature_count));
  out.lost = Eigen::VectorXd::Zero(n);
  out.cost = Eigen::VectorXd::Zero(n);
  out.weight = Eigen::VectorXd::Zero(n);
  for (std::size_t i = 0; i < drives.recordings.size(); ++i) {
    fill_features(drives.recordings[i], options, out.first_row[i], out.features);
    fill_losses(drives.recordings[i], options, out.first_row[i], out);
  }
  const auto take_part = [&out](std::size_t recording) {
    const auto first = static_cast<Eigen::Index>(out.first_row[recording]);
    const auto last = static_cast<Eigen::Index>(out.first_row[recording + 1]);
    out.weight.segment(first, last - first).array() += 1;
  };
  for (const Pair& pair : drives.pairs) {
    take_part(pair.a);
    take_part(pair.b);
  }
  const double used = (out.weight.array() > 0).cast<double>().sum();
  out.weight *= used / out.weight.sum();
  return out;
}

}  // namespace mwan::replay
