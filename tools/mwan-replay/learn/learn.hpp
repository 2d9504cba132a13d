// SPDX-License-Identifier: LGPL-2.1-or-later
// The shipped coefficients, from recorded drives.
#pragma once

#include <string>
#include <vector>

#include "failover/core/risk/risk_model.hpp"
#include "tools/mwan-replay/learn/cost_to_go.hpp"
#include "tools/mwan-replay/learn/dataset.hpp"

namespace mwan::replay {

struct LearnOptions {
  double risk_penalty = 100;
  CostOptions cost;
};

// From all drives but those of one date ("" = from all). The same input gives the same model.
failover::RiskModel learn(const Drives& drives, const Dataset& data,
                          const std::string& without_date, const LearnOptions& options);

// Every date, once, in order.
std::vector<std::string> dates_of(const Drives& drives);

}  // namespace mwan::replay
