// SPDX-License-Identifier: LGPL-2.1-or-later
// What staying on a link costs, learned by policy iteration: with the costs known so far the drives
// are played (switch when it saves more than its price), from the end backwards the seconds each
// choice went on to lose are added up, and a linear function of both links' features is fitted to
// the difference between being on one and being on the other.
#pragma once

#include <vector>

#include "failover/core/risk/risk_model.hpp"
#include "tools/mwan-replay/learn/dataset.hpp"

namespace mwan::replay {

struct CostOptions {
  double switch_price = 0.475;  // lost seconds that a switch counts as, while learning
  double penalty = 300;         // of the ridge regression, on features of deviation 1
  int rounds = 8;
};

// model: its horizons are set; costs and cost_weights are learned. pairs: of `drives`, by position.
void learn_costs(const Drives& drives, const Dataset& data, const std::vector<std::size_t>& pairs,
                 const CostOptions& options, failover::RiskModel& model);

}  // namespace mwan::replay
