// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/learn/cost_to_go.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>

namespace mwan::replay {
namespace {

using failover::feature_count;
using failover::horizon_count;
using Vector = Eigen::VectorXd;
using Index = Eigen::Index;

constexpr Index terms_of_horizon = 4;
constexpr Index probability_terms = terms_of_horizon * static_cast<Index>(horizon_count);

// One row a second: the terms of RiskCost for every horizon, then the features.
Matrix cost_terms(const Matrix& features, const failover::RiskModel& model) {
  Matrix out(features.rows(), probability_terms + features.cols());
  out.rightCols(features.cols()) = features;
  for (std::size_t h = 0; h < horizon_count; ++h) {
    const auto& horizon = model.horizons[h];
    const Eigen::Map<const Vector> weights(horizon.weights.data(),
                                           static_cast<Index>(horizon.weights.size()));
    const Eigen::ArrayXd s = (features * weights).array() + horizon.bias;
    const Eigen::ArrayXd p = 1.0 / (1.0 + (-s).exp());
    const Index at = terms_of_horizon * static_cast<Index>(h);
    out.col(at) = p;
    out.col(at + 1) = (s + 3.0).max(0.0);
    out.col(at + 2) = p.min(0.1);
    out.col(at + 3) = p.min(0.3);
  }
  return out;
}

struct Rows {
  Index a;
  Index b;
};

// For every second of a pair: what being on A from the next second on goes on to cost more than
// being on B, when it is played by these costs and this price.
void play_backwards(const Vector& value, const Vector& lost, const Pair& pair, const Rows& first,
                    double price, Vector& out) {
  double on_a = 0;
  double on_b = 0;
  for (auto t = static_cast<Index>(pair.seconds) - 1; t >= 0; --t) {
    out[t] = on_a - on_b;  // after second t
    const double saved = value[first.a + t] - value[first.b + t];
    const double next_a = saved > price ? on_b + price : on_a;
    const double next_b = -saved > price ? on_a + price : on_b;
    on_a = lost[first.a + t] + next_a;
    on_b = lost[first.b + t] + next_b;
  }
}

Vector ridge(const Eigen::MatrixXd& gram, const Vector& right, const Vector& deviation,
             double penalty) {
  Eigen::MatrixXd scaled =
      deviation.cwiseInverse().asDiagonal() * gram * deviation.cwiseInverse().asDiagonal();
  scaled.diagonal().array() += penalty;
  const Vector solved = scaled.ldlt().solve(right.cwiseQuotient(deviation));
  return solved.cwiseQuotient(deviation);
}

}  // namespace

void learn_costs(const Drives& drives, const Dataset& data, const std::vector<std::size_t>& pairs,
                 const CostOptions& options, failover::RiskModel& model) {
  const Matrix terms = cost_terms(data.features, model);
  const Index width = terms.cols();

  const auto rows_of = [&](const Pair& pair) {
    return Rows{static_cast<Index>(data.first_row[pair.a] + pair.offset_a),
                static_cast<Index>(data.first_row[pair.b] + pair.offset_b)};
  };

  // The regression's left side does not change from round to round.
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(width, width);
  Vector sum = Vector::Zero(width);
  double n = 0;
  for (const std::size_t p : pairs) {
    const Pair& pair = drives.pairs[p];
    const Rows first = rows_of(pair);
    const auto count = static_cast<Index>(pair.seconds) - 1;
    if (count < 1) continue;
    const Matrix difference = terms.middleRows(first.a, count) - terms.middleRows(first.b, count);
    gram.selfadjointView<Eigen::Lower>().rankUpdate(difference.transpose());
    sum += difference.colwise().sum().transpose();
    n += static_cast<double>(count);
  }
  gram = Eigen::MatrixXd(gram.selfadjointView<Eigen::Lower>());
  const Vector mean = sum / n;
  const Vector spread = (gram.diagonal() / n - mean.cwiseProduct(mean)).cwiseMax(0).cwiseSqrt();
  // What never differs between two links says nothing about their difference; with a deviation of 1
  // the penalty keeps its weight at nothing.
  const Vector deviation = (spread.array() < 1e-6).select(Vector::Ones(width), spread);

  // To begin with: the chance of the next second, and twice that of the two after it.
  Vector weights = Vector::Zero(width);
  weights[0] = 1;
  weights[terms_of_horizon] = 2;
  Vector gone_on;
  for (int round = 0; round < options.rounds; ++round) {
    const Vector value = terms * weights;
    Vector right = Vector::Zero(width);
    for (const std::size_t p : pairs) {
      const Pair& pair = drives.pairs[p];
      const Rows first = rows_of(pair);
      const auto count = static_cast<Index>(pair.seconds) - 1;
      if (count < 1) continue;
      gone_on.resize(count + 1);
      play_backwards(value, data.cost, pair, first, options.switch_price, gone_on);
      const auto target = gone_on.head(count);
      right += terms.middleRows(first.a, count).transpose() * target -
               terms.middleRows(first.b, count).transpose() * target;
    }
    const Vector learned = ridge(gram, right, deviation, options.penalty);
    // Half of the old keeps the iteration from swinging between two policies.
    weights = round == 0 ? learned : Vector(0.5 * weights + 0.5 * learned);
  }

  model.costs.clear();
  for (std::size_t h = 0; h < horizon_count; ++h) {
    const Index at = terms_of_horizon * static_cast<Index>(h);
    model.costs.push_back({.linear = weights[at],
                           .log_odds = weights[at + 1],
                           .below_10 = weights[at + 2],
                           .below_30 = weights[at + 3]});
  }
  model.cost_weights.assign(weights.data() + probability_terms, weights.data() + width);
}

}  // namespace mwan::replay
