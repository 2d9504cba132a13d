// SPDX-License-Identifier: LGPL-2.1-or-later
// What the risk of a link is computed from: numbers that are zero (or nearly so) while nothing
// speaks against it. Their order is that of the coefficients in a RiskModel.
//
// Where a figure has a memory, its weight per second is named: "0.2" is a mean that takes a fifth
// of the newest second. Between readings the last one counts as still true.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace mwan::failover {

enum class Feature : std::size_t {
  // The strongest neighbour of the serving cell's RAT minus the serving cell, within -20..20 dB.
  LeadAbove,     // RSRP lead, dB above -3
  LeadHigh,      // RSRP lead, dB above 3
  LeadFast,      // its mean of 0.5, dB above 0
  LeadSlow,      // its mean of 0.2, dB above -6
  RsrqLead,      // RSRQ lead, dB above 0
  RsrqLeadSlow,  // its mean of 0.2, dB above -3
  NoNeighbour,   // 1 when none is heard by a modem that reports them otherwise
  // The serving cell.
  RsrqLow,       // RSRQ, dB below -11
  RsrqVeryLow,   // RSRQ, dB below -15
  RsrqLowest,    // its lowest of 3 s, dB below -13
  RsrqSlow,      // its mean of 0.1, dB below -11
  RsrqDrop,      // dB below its mean of 0.15
  RsrqSpread,    // standard deviation, memory 0.3, dB
  RsrpBelow80,   // dB below -80 dBm
  RsrpBelow100,  // dB below -100 dBm
  RsrpBelow110,  // dB below -110 dBm
  RsrpDrop,      // dB below its mean of 0.2
  RsrpSpread,    // standard deviation, memory 0.3, dB
  // The 5G leg of EN-DC.
  NrPresent,     // 1 while there is one
  NrRsrqLow,     // its RSRQ, dB below -13
  NrRsrqLowest,  // its lowest of 3 s, dB below -13
  NrLead,        // its strongest neighbour's RSRP lead, dB above -3
  NrRsrpLow,     // its RSRP, dB below -95 dBm
  NrLost,        // 1 within the second after it went
  NrGained,      // 1 within the second after it came
  // Changes of cell; of LTE and NR together unless said otherwise.
  LteChangeNow,  // 1 within the second after the LTE cell changed
  NrChangeNow,   // 1 within the second after the NR cell changed, came or went
  ChangeBefore,  // 1 in the second after that
  ChangesFast,   // changes, memory 0.3
  ChangesSlow,   // changes, memory 0.05
  LteChanges,    // of LTE, memory 0.1
  // The link's own probes.
  LossNow,   // part lost in the last second
  LossAny,   // 1 when one was lost in the last second
  LossFast,  // part lost, memory 0.5
  LossSlow,  // part lost, memory 0.1
  LossLong,  // part lost, memory 0.03
  Count
};

inline constexpr std::size_t feature_count = static_cast<std::size_t>(Feature::Count);
using Features = std::array<double, feature_count>;

// As the enumerator is called.
std::string_view name(Feature feature);

inline double& at(Features& features, Feature f) {
  return features.at(static_cast<std::size_t>(f));
}

}  // namespace mwan::failover
