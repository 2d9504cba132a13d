// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/features.hpp"

namespace mwan::failover {

std::string_view name(Feature feature) {
  switch (feature) {
    case Feature::LeadAbove:
      return "LeadAbove";
    case Feature::LeadHigh:
      return "LeadHigh";
    case Feature::LeadFast:
      return "LeadFast";
    case Feature::LeadSlow:
      return "LeadSlow";
    case Feature::RsrqLead:
      return "RsrqLead";
    case Feature::RsrqLeadSlow:
      return "RsrqLeadSlow";
    case Feature::NoNeighbour:
      return "NoNeighbour";
    case Feature::RsrqLow:
      return "RsrqLow";
    case Feature::RsrqVeryLow:
      return "RsrqVeryLow";
    case Feature::RsrqLowest:
      return "RsrqLowest";
    case Feature::RsrqSlow:
      return "RsrqSlow";
    case Feature::RsrqDrop:
      return "RsrqDrop";
    case Feature::RsrqSpread:
      return "RsrqSpread";
    case Feature::RsrpBelow80:
      return "RsrpBelow80";
    case Feature::RsrpBelow100:
      return "RsrpBelow100";
    case Feature::RsrpBelow110:
      return "RsrpBelow110";
    case Feature::RsrpDrop:
      return "RsrpDrop";
    case Feature::RsrpSpread:
      return "RsrpSpread";
    case Feature::NrPresent:
      return "NrPresent";
    case Feature::NrRsrqLow:
      return "NrRsrqLow";
    case Feature::NrRsrqLowest:
      return "NrRsrqLowest";
    case Feature::NrLead:
      return "NrLead";
    case Feature::NrRsrpLow:
      return "NrRsrpLow";
    case Feature::NrLost:
      return "NrLost";
    case Feature::NrGained:
      return "NrGained";
    case Feature::LteChangeNow:
      return "LteChangeNow";
    case Feature::NrChangeNow:
      return "NrChangeNow";
    case Feature::ChangeBefore:
      return "ChangeBefore";
    case Feature::ChangesFast:
      return "ChangesFast";
    case Feature::ChangesSlow:
      return "ChangesSlow";
    case Feature::LteChanges:
      return "LteChanges";
    case Feature::LossNow:
      return "LossNow";
    case Feature::LossAny:
      return "LossAny";
    case Feature::LossFast:
      return "LossFast";
    case Feature::LossSlow:
      return "LossSlow";
    case Feature::LossLong:
      return "LossLong";
    case Feature::Count:
      break;
  }
  return "";
}

}  // namespace mwan::failover
