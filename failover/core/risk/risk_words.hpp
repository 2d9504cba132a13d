// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a link is at risk, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "failover/core/risk/probe_features.hpp"
#include "failover/core/risk/radio_features.hpp"
#include "failover/core/risk/risk_model.hpp"

namespace mwan::failover {

// What is known of a link adds so much to the log-odds of losing packets in the horizon that
// speaks (the two seconds after the next one); less than nothing where it speaks for the link.
struct RiskPart {
  std::string_view name;  // sinr, rsrq, rsrp, neighbours, 5g, cell_changes, probes
  double log_odds = 0;
  std::string words;  // its figures, for people
};
std::vector<RiskPart> risk_parts(Instant now, const RiskModel& model, const RadioFeatures& radio,
                                 const ProbeFeatures& probes);

// What speaks against it most, first: "RSRQ -16.0 dB, a neighbour cell 5 dB stronger, 40 % of
// probes lost". Never empty.
std::string risk_words(Instant now, const RiskModel& model, const RadioFeatures& radio,
                       const ProbeFeatures& probes);

}  // namespace mwan::failover
