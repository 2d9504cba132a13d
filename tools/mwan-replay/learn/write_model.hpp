// SPDX-License-Identifier: LGPL-2.1-or-later
// A learned model as the source file that is shipped.
#pragma once

#include <string>

#include "failover/core/risk/risk_model.hpp"

namespace mwan::replay {

// The text of failover/core/risk/shipped_risk_model.cpp. Coefficients have six digits, which is
// more than they are good for.
std::string model_source(const failover::RiskModel& model);

}  // namespace mwan::replay
