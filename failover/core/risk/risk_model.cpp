// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/risk_model.hpp"

#include <algorithm>
#include <cmath>

namespace mwan::failover {
namespace {

double logistic(double log_odds) { return 1.0 / (1.0 + std::exp(-log_odds)); }

double dot(const std::vector<double>& weights, const Features& features) {
  double sum = 0;
  for (std::size_t i = 0; i < feature_count; ++i) sum += weights[i] * features[i];
  return sum;
}

}  // namespace

bool RiskModel::complete() const {
  return horizons.size() == horizon_count && costs.size() == horizon_count &&
         cost_weights.size() == feature_count &&
         std::ranges::all_of(
             horizons, [](const RiskHorizon& h) { return h.weights.size() == feature_count; });
}

double RiskAssessment::risk() const { return *std::ranges::max_element(probability); }

RiskAssessment assess_risk(const RiskModel& model, const Features& features,
                           double sinr_deficit_db) {
  RiskAssessment out;
  out.cost = dot(model.cost_weights, features);
  const double sinr = model.sinr_weight * sinr_deficit_db;
  for (std::size_t h = 0; h < horizon_count; ++h) {
    const double log_odds = model.horizons[h].bias + dot(model.horizons[h].weights, features);
    const double p = logistic(log_odds);
    const RiskCost& cost = model.costs[h];
    out.cost += cost.linear * p + cost.log_odds * std::max(log_odds + 3.0, 0.0) +
                cost.below_10 * std::min(p, 0.1) + cost.below_30 * std::min(p, 0.3);
    out.probability.at(h) = logistic(log_odds + sinr);
    if (h == 0) out.cost += model.sinr_cost * (out.probability.at(h) - p);
  }
  return out;
}

}  // namespace mwan::failover
