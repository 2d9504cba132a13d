// SPDX-License-Identifier: LGPL-2.1-or-later
// From features to how likely a link loses packets soon, and to what staying on it costs.
// Coefficients are data: shipped_risk_model() returns the ones that "mwan-replay learn" computed
// from recorded drives (docs/prediction.md).
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "failover/core/risk/features.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

// The next second, the two after it, the seven after those.
inline constexpr std::size_t horizon_count = 3;

// Logistic: probability = 1 / (1 + exp(-(bias + sum of weight * feature))), of a second within the
// horizon being lost (a tenth of its packets or more).
struct RiskHorizon {
  double bias = 0;
  std::vector<double> weights;  // one a Feature
  bool operator==(const RiskHorizon&) const = default;
};

// Of one horizon's probability p: what it adds to the cost, in lost seconds.
struct RiskCost {
  double linear = 0;    // times p
  double log_odds = 0;  // times max(0, ln(p / (1 - p)) + 3)
  double below_10 = 0;  // times min(p, 0.1)
  double below_30 = 0;  // times min(p, 0.3)
  bool operator==(const RiskCost&) const = default;
};

struct RiskModel {
  std::vector<RiskHorizon> horizons;  // horizon_count
  std::vector<RiskCost> costs;        // one a horizon
  std::vector<double> cost_weights;   // one a Feature: what it adds to the cost

  // SINR is not in the recordings that the coefficients come from, and many modems report it: each
  // dB that it will be below the threshold after `sinr_lead` adds to the log-odds of every horizon,
  // and what that adds to the next second's probability costs `sinr_cost` lost seconds.
  double sinr_threshold_db = 3.0;
  double sinr_weight = 0.9;
  double sinr_cost = 3.0;
  Duration sinr_lead = std::chrono::milliseconds(1500);

  double arm = 0.05;  // a probability from which the link is probed fast and a standby prepared
  double switch_price = 0.6;  // moving the traffic must save so many lost seconds

  bool operator==(const RiskModel&) const = default;
  // Has a coefficient for everything it should.
  [[nodiscard]] bool complete() const;
};

struct RiskAssessment {
  std::array<double, horizon_count> probability{};  // of loss, by horizon
  // What carrying the traffic over this link costs more than over one without anything against it,
  // in lost seconds; only differences between links mean something.
  double cost = 0;
  // The highest of the probabilities.
  [[nodiscard]] double risk() const;
};

// sinr_deficit_db: how far below the threshold, 0 when above or not known.
RiskAssessment assess_risk(const RiskModel& model, const Features& features,
                           double sinr_deficit_db);

const RiskModel& shipped_risk_model();

}  // namespace mwan::failover
