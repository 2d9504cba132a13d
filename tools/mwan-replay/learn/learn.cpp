// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/learn.hpp"

#include <array>
#include <set>

namespace mwan::replay {
namespace {

using Index = Eigen::Index;

// Seconds ahead, first and last, that a horizon speaks of.
struct Ahead {
  std::size_t first;
  std::size_t last;
};
constexpr std::array<Ahead, failover::horizon_count> horizons = {{{1, 1}, {2, 3}, {4, 10}}};

// Rows of recordings that are learned from, and the share of lost seconds within the horizon.
struct Samples {
  Matrix x;
  Eigen::VectorXd y;
  Eigen::VectorXd weight;
};

Samples samples_of(const Drives& drives, const Dataset& data, const std::string& without_date,
                   const Ahead& ahead) {
  std::vector<Index> rows;
  std::vector<double> shares;
  for (std::size_t i = 0; i < drives.recordings.size(); ++i) {
    if (drives.dates[i] == without_date) continue;
    const std::size_t end = data.first_row[i + 1];
    for (std::size_t row = data.first_row[i]; row + ahead.first < end; ++row) {
      if (data.weight[static_cast<Index>(row)] == 0) continue;
      double lost = 0;
      double seconds = 0;
      for (std::size_t a = ahead.first; a <= ahead.last && row + a < end; ++a) {
        lost += data.lost[static_cast<Index>(row + a)];
        seconds += 1;
      }
      rows.push_back(static_cast<Index>(row));
      shares.push_back(lost / seconds);
    }
  }
  const auto n = static_cast<Index>(rows.size());
  Samples out{Matrix(n, data.features.cols()), Eigen::VectorXd(n), Eigen::VectorXd(n)};
  for (Index i = 0; i < n; ++i) {
    const Index row = rows[static_cast<std::size_t>(i)];
    out.x.row(i) = data.features.row(row);
    out.y[i] = shares[static_cast<std::size_t>(i)];
    out.weight[i] = data.weight[row];
  }
  return out;
}

}  // namespace

failover::RiskModel learn(const Drives& drives, const Dataset& data,
                          const std::string& without_date, const LearnOptions& options) {
  failover::RiskModel model;
  for (const Ahead& ahead : horizons) {
    const Samples samples = samples_of(drives, data, without_date, ahead);
    const Logistic fitted =
        fit_logistic(samples.x, samples.y, samples.weight, options.risk_penalty);
    model.horizons.push_back(
        {fitted.bias, {fitted.weights.data(), fitted.weights.data() + fitted.weights.size()}});
  }
  std::vector<std::size_t> pairs;
  for (std::size_t p = 0; p < drives.pairs.size(); ++p) {
    if (drives.pairs[p].date != without_date) pairs.push_back(p);
  }
  learn_costs(drives, data, pairs, options.cost, model);
  return model;
}

std::vector<std::string> dates_of(const Drives& drives) {
  const std::set<std::string> dates(drives.dates.begin(), drives.dates.end());
  return {dates.begin(), dates.end()};
}

}  // namespace mwan::replay
