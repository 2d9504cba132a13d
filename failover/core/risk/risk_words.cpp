// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/risk_words.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace mwan::failover {
namespace {

// What adds less than this to the log-odds of a loss is not worth a word.
constexpr double worth_a_word = 0.2;
constexpr std::size_t most_words = 4;

template <class... Values>
std::string printed(const char* format, Values... values) {
  std::array<char, 96> text{};
  (void)std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

class Parts {
 public:
  // The horizon in which the link is most likely to lose packets speaks.
  Parts(const RiskModel& model, const Features& features)
      : features_(features), weights_(model.horizons.at(1).weights) {}

  [[nodiscard]] double of(Feature first, Feature last) const {
    double sum = 0;
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i) {
      sum += weights_.at(i) * features_.at(i);
    }
    return sum;
  }

 private:
  const Features& features_;
  const std::vector<double>& weights_;
};

std::string falling(double now_db, double ahead_db, Duration ahead) {
  const double per_second = (now_db - ahead_db) / std::chrono::duration<double>(ahead).count();
  return per_second > 0.5 ? printed(" falling %.1f dB/s", per_second) : "";
}

void add_radio(Instant now, const RiskModel& model, const RadioFeatures& radio, const Parts& parts,
               std::vector<RiskPart>& out) {
  if (!radio.serving()) return;
  const SignalSample& serving = *radio.serving();
  if (const auto ahead = radio.sinr_ahead(now, model.sinr_lead); ahead && serving.sinr_db) {
    out.push_back({"sinr", model.sinr_weight * std::max(model.sinr_threshold_db - *ahead, 0.0),
                   printed("SINR %.1f dB", *serving.sinr_db) +
                       falling(*serving.sinr_db, *ahead, model.sinr_lead)});
  }
  if (serving.rsrq_db) {
    out.push_back({"rsrq", parts.of(Feature::RsrqLow, Feature::RsrqSpread),
                   printed("RSRQ %.1f dB", *serving.rsrq_db)});
  }
  if (serving.rsrp_dbm) {
    out.push_back({"rsrp", parts.of(Feature::RsrpBelow80, Feature::RsrpSpread),
                   printed("RSRP %.1f dBm", *serving.rsrp_dbm)});
  }
  if (const auto lead = radio.lead(now)) {
    out.push_back({"neighbours", parts.of(Feature::LeadAbove, Feature::NoNeighbour),
                   *lead >= 0 ? printed("a neighbour cell %.0f dB stronger", *lead)
                              : printed("a neighbour cell only %.0f dB weaker", -*lead)});
  }
  if (radio.nr() && radio.nr()->rsrq_db) {
    out.push_back({"5g", parts.of(Feature::NrPresent, Feature::NrRsrpLow),
                   printed("5G RSRQ %.1f dB", *radio.nr()->rsrq_db)});
  }
}

}  // namespace

std::vector<RiskPart> risk_parts(Instant now, const RiskModel& model, const RadioFeatures& radio,
                                 const ProbeFeatures& probes) {
  Features features{};
  radio.read(now, features);
  probes.read(now, features);
  const Parts parts(model, features);
  std::vector<RiskPart> out;
  add_radio(now, model, radio, parts, out);
  out.push_back(
      {"cell_changes", parts.of(Feature::NrLost, Feature::LteChanges), "the cell changes"});
  const double lately = std::max(at(features, Feature::LossNow), at(features, Feature::LossSlow));
  out.push_back({"probes", parts.of(Feature::LossNow, Feature::LossLong),
                 printed("%.0f %% of probes lost", lately * 100)});
  return out;
}

std::string risk_words(Instant now, const RiskModel& model, const RadioFeatures& radio,
                       const ProbeFeatures& probes) {
  std::vector<RiskPart> parts = risk_parts(now, model, radio, probes);
  std::ranges::stable_sort(parts, std::ranges::greater(), &RiskPart::log_odds);
  std::string out;
  std::size_t said = 0;
  for (const RiskPart& part : parts) {
    if (said == most_words || (said > 0 && part.log_odds < worth_a_word)) break;
    if (!out.empty()) out += ", ";
    out += part.words;
    ++said;
  }
  return out;
}

}  // namespace mwan::failover
