// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a link is at risk, for people.
#pragma once

#include <string>

#include "failover/core/risk/probe_features.hpp"
#include "failover/core/risk/radio_features.hpp"
#include "failover/core/risk/risk_model.hpp"

namespace mwan::failover {

// What speaks against it most, first: "RSRQ -16.0 dB, a neighbour cell 5 dB stronger, 40 % of
// probes lost". Never empty.
std::string risk_words(Instant now, const RiskModel& model, const RadioFeatures& radio,
                       const ProbeFeatures& probes);

}  // namespace mwan::failover
