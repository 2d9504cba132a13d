// SPDX-License-Identifier: LGPL-2.1-or-later
// Written by "mwan-replay learn"; docs/prediction.md says from what. Not to be edited by hand.
// clang-format off
#include "failover/core/risk/risk_model.hpp"

namespace mwan::failover {
namespace {

const std::vector<double> next_second = {
    0.154371,  // LeadAbove
    -0.103296,  // LeadHigh
    -0.00460484,  // LeadFast
    0.063214,  // LeadSlow
    -0.0675706,  // RsrqLead
    -0.091949,  // RsrqLeadSlow
    -0.371258,  // NoNeighbour
    0.157707,  // RsrqLow
    -0.149067,  // RsrqVeryLow
    0.132352,  // RsrqLowest
    -0.0190598,  // RsrqSlow
    0.0482543,  // RsrqDrop
    0.328629,  // RsrqSpread
    -0.00789674,  // RsrpBelow80
    0.0427113,  // RsrpBelow100
    -0.0413697,  // RsrpBelow110
    -0.00632974,  // RsrpDrop
    0.0195541,  // RsrpSpread
    0.363253,  // NrPresent
    -0.0132949,  // NrRsrqLow
    0.0294364,  // NrRsrqLowest
    0.0739308,  // NrLead
    0.00492163,  // NrRsrpLow
    1.24164,  // NrLost
    0.606663,  // NrGained
    -0.228048,  // LteChangeNow
    -0.419415,  // NrChangeNow
    0.188519,  // ChangeBefore
    1.73534,  // ChangesFast
    -0.676463,  // ChangesSlow
    0.278861,  // LteChanges
    4.72311,  // LossNow
    0.863992,  // LossAny
    -4.95375,  // LossFast
    0.116798,  // LossSlow
    -3.29932,  // LossLong
};

const std::vector<double> second_and_third = {
    0.153145,  // LeadAbove
    -0.0667385,  // LeadHigh
    -0.0354205,  // LeadFast
    0.0749782,  // LeadSlow
    -0.137961,  // RsrqLead
    -0.0689249,  // RsrqLeadSlow
    0.00649402,  // NoNeighbour
    0.150308,  // RsrqLow
    -0.114787,  // RsrqVeryLow
    0.0740306,  // RsrqLowest
    0.00590684,  // RsrqSlow
    0.149691,  // RsrqDrop
    0.166964,  // RsrqSpread
    -0.000118834,  // RsrpBelow80
    -0.00961395,  // RsrpBelow100
    -0.0953022,  // RsrpBelow110
    0.00235807,  // RsrpDrop
    0.0868689,  // RsrpSpread
    0.652887,  // NrPresent
    0.0552313,  // NrRsrqLow
    0.0202339,  // NrRsrqLowest
    0.0245727,  // NrLead
    -0.0463356,  // NrRsrpLow
    1.80445,  // NrLost
    -0.357853,  // NrGained
    -0.9414,  // LteChangeNow
    -0.368671,  // NrChangeNow
    0.0586564,  // ChangeBefore
    1.91942,  // ChangesFast
    -1.02253,  // ChangesSlow
    0.230117,  // LteChanges
    -0.645315,  // LossNow
    0.344869,  // LossAny
    -0.475745,  // LossFast
    -0.785621,  // LossSlow
    -5.60554,  // LossLong
};

const std::vector<double> fourth_to_tenth = {
    0.0342708,  // LeadAbove
    -0.0615949,  // LeadHigh
    0.0640195,  // LeadFast
    -0.00376077,  // LeadSlow
    -0.0627796,  // RsrqLead
    -0.0217345,  // RsrqLeadSlow
    -0.11458,  // NoNeighbour
    0.0535844,  // RsrqLow
    -0.0930141,  // RsrqVeryLow
    -0.00824856,  // RsrqLowest
    0.156688,  // RsrqSlow
    0.200645,  // RsrqDrop
    -0.111698,  // RsrqSpread
    0.00444577,  // RsrpBelow80
    -0.0333664,  // RsrpBelow100
    -0.135045,  // RsrpBelow110
    -0.0207688,  // RsrpDrop
    0.16351,  // RsrpSpread
    0.978206,  // NrPresent
    0.0180248,  // NrRsrqLow
    -0.0139993,  // NrRsrqLowest
    0.0198049,  // NrLead
    -0.0490891,  // NrRsrpLow
    0.260583,  // NrLost
    -0.174382,  // NrGained
    -0.0803206,  // LteChangeNow
    -0.139986,  // NrChangeNow
    0.190954,  // ChangeBefore
    1.27376,  // ChangesFast
    -0.694449,  // ChangesSlow
    -1.59771,  // LteChanges
    -0.135258,  // LossNow
    0.0501364,  // LossAny
    1.67647,  // LossFast
    -3.59249,  // LossSlow
    -10.5055,  // LossLong
};

const std::vector<double> cost = {
    0.00387982,  // LeadAbove
    -0.00862376,  // LeadHigh
    0.00331419,  // LeadFast
    0.0233717,  // LeadSlow
    -0.00431808,  // RsrqLead
    -0.00244703,  // RsrqLeadSlow
    0.0617951,  // NoNeighbour
    0.00379808,  // RsrqLow
    0.0106952,  // RsrqVeryLow
    -0.0021059,  // RsrqLowest
    -0.0202739,  // RsrqSlow
    -0.00416768,  // RsrqDrop
    0.0295669,  // RsrqSpread
    0.0174562,  // RsrpBelow80
    -0.0213176,  // RsrpBelow100
    0.0148719,  // RsrpBelow110
    -0.00352005,  // RsrpDrop
    -0.00534851,  // RsrpSpread
    0.408605,  // NrPresent
    0.0383663,  // NrRsrqLow
    0.00553965,  // NrRsrqLowest
    -0.0157822,  // NrLead
    -0.0110895,  // NrRsrpLow
    0.479581,  // NrLost
    0.0511866,  // NrGained
    -0.152668,  // LteChangeNow
    -0.00298865,  // NrChangeNow
    -0.0481113,  // ChangeBefore
    0.13827,  // ChangesFast
    -1.29487,  // ChangesSlow
    0.552746,  // LteChanges
    0.1656,  // LossNow
    0.0341491,  // LossAny
    -0.216107,  // LossFast
    -2.0543,  // LossSlow
    4.82848,  // LossLong
};

RiskModel make() {
  RiskModel model;
  model.horizons = {
      {-6.58118, next_second},
      {-6.16509, second_and_third},
      {-5.4641, fourth_to_tenth},
  };
  model.costs = {
      {.linear = 0.97774, .log_odds = 0.0164025, .below_10 = 1.8913, .below_30 = -0.195823},
      {.linear = -1.63299, .log_odds = 0.21709, .below_10 = -2.9139, .below_30 = 0.684781},
      {.linear = 1.81597, .log_odds = -0.49642, .below_10 = 2.67436, .below_30 = 1.81597},
  };
  model.cost_weights = cost;
  return model;
}

}  // namespace

const RiskModel& shipped_risk_model() {
  static const RiskModel model = make();
  return model;
}

}  // namespace mwan::failover
