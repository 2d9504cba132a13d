// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

SignalSample lte_sample(std::optional<double> sinr, std::optional<double> rsrq,
                        std::optional<double> rsrp) {
  return {.rat = Rat::Lte, .rssi_dbm = {}, .rsrp_dbm = rsrp, .rsrq_db = rsrq, .sinr_db = sinr};
}

TEST(Risk, NothingKnownIsNoDanger) {
  const RadioHistory radio;
  EXPECT_EQ(radio.risk(Instant(1s), RiskModel{}), 0.0);
}

TEST(Risk, GoodRadioIsFarBelowTheArmThreshold) {
  RadioHistory radio;
  radio.add(Instant(1s), lte_sample(15, -8, -85));
  EXPECT_LT(radio.risk(Instant(1s), RiskModel{}), RiskModel{}.arm / 2);
}

TEST(Risk, RisesAsEachValueFalls) {
  const RiskModel model;
  const auto of = [&](const SignalSample& s) {
    RadioHistory radio;
    radio.add(Instant(1s), s);
    return radio.risk(Instant(1s), model);
  };
  EXPECT_GT(of(lte_sample(-8, -9, -90)), model.leave);
  EXPECT_GT(of(lte_sample({}, -20, -110)), of(lte_sample({}, -15, -110)));
  EXPECT_GT(of(lte_sample({}, {}, -126)), of(lte_sample({}, {}, -118)));
}

TEST(Risk, AFallingTrendIsCarriedForwardARisingOneIsNot) {
  const RiskModel model;
  RadioHistory falling;
  RadioHistory rising;
  RadioHistory steady;
  for (int i = 0; i <= 10; ++i) {
    const Instant t(200ms * i);
    falling.add(t, lte_sample(12.0 - i, -9, -90));  // ends at 2 dB, 5 dB/s down
    rising.add(t, lte_sample(-8.0 + i, -9, -90));   // ends at 2 dB as well
    steady.add(t, lte_sample(2.0, -9, -90));
  }
  const Instant end(2s);
  EXPECT_GT(falling.risk(end, model), model.leave);
  EXPECT_NEAR(rising.risk(end, model), steady.risk(end, model), 1e-9);
  EXPECT_THAT(falling.words(end, model), HasSubstr("SINR 2.0 dB falling 5.0 dB/s"));
}

TEST(Risk, AStrongerNeighbourCounts) {
  const RiskModel model;
  RadioHistory radio;
  radio.add(Instant(1s), lte_sample(1, -15, -110));
  const double alone = radio.risk(Instant(1s), model);
  radio.add(
      Instant(1s),
      CellReport{
          .serving = Cell{.rat = Rat::Lte, .pci = 1, .arfcn = {}, .rsrp_dbm = -110, .rsrq_db = {}},
          .neighbours = {
              Cell{.rat = Rat::Lte, .pci = 2, .arfcn = {}, .rsrp_dbm = -98, .rsrq_db = {}}}});
  EXPECT_GT(radio.risk(Instant(1s), model), alone);
  EXPECT_THAT(radio.words(Instant(1s), model), HasSubstr("neighbour cell 12 dB stronger"));
  EXPECT_DOUBLE_EQ(radio.risk(Instant(60s), model), alone) << "an old snapshot says nothing";
}

TEST(Risk, TheAnchorWinsOverTheNrLegAndAnEmptySampleClears) {
  const RiskModel model;
  RadioHistory radio;
  radio.add(Instant(1s), lte_sample(15, -8, -85));
  radio.add(Instant(1s),
            {.rat = Rat::NrNsa, .rssi_dbm = {}, .rsrp_dbm = -130, .rsrq_db = -30, .sinr_db = -20});
  EXPECT_LT(radio.risk(Instant(1s), model), model.arm);
  radio.add(Instant(2s), lte_sample(-10, -20, -125));
  EXPECT_GT(radio.risk(Instant(2s), model), model.leave);
  radio.add(Instant(3s), lte_sample({}, {}, {}));
  EXPECT_EQ(radio.risk(Instant(3s), model), 0.0);
}

}  // namespace
}  // namespace mwan::failover
