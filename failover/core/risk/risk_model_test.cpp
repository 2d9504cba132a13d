// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/risk_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/risk/risk_words.hpp"

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Features with(std::initializer_list<std::pair<Feature, double>> values) {
  Features out{};
  for (const auto& [feature, value] : values) at(out, feature) = value;
  return out;
}

TEST(RiskModel, TheShippedOneIsComplete) {
  EXPECT_TRUE(shipped_risk_model().complete());
  EXPECT_FALSE(RiskModel{}.complete());
}

TEST(RiskModel, AnUnremarkableLinkIsFarBelowTheArmThreshold) {
  const RiskModel& model = shipped_risk_model();
  EXPECT_LT(assess_risk(model, Features{}, 0).risk(), model.arm / 2);
}

TEST(RiskModel, WhatSpeaksAgainstALinkCosts) {
  const RiskModel& model = shipped_risk_model();
  const RiskAssessment good = assess_risk(model, Features{}, 0);
  const RiskAssessment lossy = assess_risk(model,
                                           with({{Feature::LossNow, 1},
                                                 {Feature::LossAny, 1},
                                                 {Feature::LossFast, 0.5},
                                                 {Feature::LossSlow, 0.1},
                                                 {Feature::LossLong, 0.03}}),
                                           0);
  EXPECT_GT(lossy.risk(), good.risk());
  EXPECT_GT(lossy.cost, good.cost);
  const RiskAssessment covered = assess_risk(model,
                                             with({{Feature::LeadAbove, 9},
                                                   {Feature::LeadHigh, 3},
                                                   {Feature::LeadFast, 5},
                                                   {Feature::LeadSlow, 10},
                                                   {Feature::RsrqLow, 5},
                                                   {Feature::RsrqLowest, 4}}),
                                             0);
  EXPECT_GT(covered.risk(), 3 * good.risk());
  EXPECT_GT(covered.cost, good.cost);
}

TEST(RiskModel, SinrBelowItsThresholdRaisesRiskAndCost) {
  const RiskModel& model = shipped_risk_model();
  const RiskAssessment at = assess_risk(model, Features{}, 0);
  const RiskAssessment below = assess_risk(model, Features{}, 4);
  const RiskAssessment far_below = assess_risk(model, Features{}, 12);
  EXPECT_GT(below.risk(), at.risk());
  EXPECT_GE(below.cost, at.cost);
  EXPECT_GT(far_below.risk(), 0.5);
  EXPECT_GT(far_below.cost - at.cost, model.switch_price);
}

TEST(RiskWords, NameWhatSpeaksAgainstItMost) {
  RadioFeatures radio;
  ProbeFeatures probes;
  for (int t = 0; t < 5; ++t) {
    const Instant now{std::chrono::seconds(t)};
    radio.add(now, SignalSample{.rat = Rat::Lte,
                                .rssi_dbm = {},
                                .rsrp_dbm = -90,
                                .rsrq_db = -18,
                                .sinr_db = 9.0 - 3 * t});
    radio.add(now, CellReport{.serving = Cell{Rat::Lte, 1, {}, -95, -18},
                              .neighbours = {Cell{Rat::Lte, 2, {}, -87, -10}}});
    probes.add(now, t > 2 ? 1 : 0);
  }
  const std::string words = risk_words(Instant(4s), shipped_risk_model(), radio, probes);
  EXPECT_THAT(words, HasSubstr("SINR -3.0 dB falling 3.0 dB/s"));
  EXPECT_THAT(words, HasSubstr("RSRQ -18.0 dB"));
  EXPECT_THAT(words, HasSubstr("a neighbour cell 8 dB stronger"));
}

TEST(RiskWords, AlwaysSaySomething) {
  EXPECT_FALSE(
      risk_words(Instant(1s), shipped_risk_model(), RadioFeatures{}, ProbeFeatures{}).empty());
}

}  // namespace
}  // namespace mwan::failover
