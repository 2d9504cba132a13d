// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/radio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::sim {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

SignalSample lte(std::optional<double> rsrp, std::optional<double> rsrq,
                 std::optional<double> sinr) {
  return {Rat::Lte, std::nullopt, rsrp, rsrq, sinr};
}

TEST(LossProbability, IsZeroInUsableRadio) {
  EXPECT_THAT(loss_probability(lte(-85, -8, 18)), DoubleEq(0));
  EXPECT_THAT(loss_probability(lte(-121, -17, -3)), DoubleEq(0));
  EXPECT_THAT(loss_probability(SignalSample{}), DoubleEq(0));
}

TEST(LossProbability, GrowsWithTheSquareBelowTheOnset) {
  EXPECT_THAT(loss_probability(lte({}, {}, -7)), DoubleNear(0.25, 1e-9));
  EXPECT_THAT(loss_probability(lte({}, -19, {})), DoubleNear(0.25, 1e-9));
  EXPECT_THAT(loss_probability(lte(-126, {}, {})), DoubleNear(0.25, 1e-9));
}

TEST(LossProbability, IsCertainAtTheBottomOfAnyValue) {
  EXPECT_THAT(loss_probability(lte(-85, -8, -11)), DoubleEq(1));
  EXPECT_THAT(loss_probability(lte(-85, -21, 18)), DoubleEq(1));
  EXPECT_THAT(loss_probability(lte(-140, -8, 18)), DoubleEq(1));
}

TEST(LossProbability, CombinesValuesAsIndependentCauses) {
  EXPECT_THAT(loss_probability(lte(-126, -19, -7)), DoubleNear(1 - 0.75 * 0.75 * 0.75, 1e-9));
}

TEST(LossProbability, NeverFallsWhileTheRadioGetsWorse) {
  double last = 0;
  for (int step = 0; step <= 100; ++step) {
    const double loss = loss_probability(lte(-92 - 0.4 * step, -9 - 0.13 * step, 15 - 0.3 * step));
    EXPECT_GE(loss, last);
    EXPECT_LE(loss, 1);
    last = loss;
  }
  EXPECT_THAT(last, DoubleEq(1));
}

TEST(Rssi, FollowsFromItsDefinition) {
  EXPECT_THAT(rssi_of(lte(-95, -10, {})), testing::Optional(DoubleNear(-65, 1e-9)));
  EXPECT_EQ(rssi_of(lte(-95, {}, {})), std::nullopt);
  SignalSample given = lte(-95, -10, {});
  given.rssi_dbm = -70;
  EXPECT_THAT(rssi_of(given), testing::Optional(DoubleEq(-70)));
}

TEST(Radio, UsesTheTechnologiesOfItsRat) {
  Radio radio;
  EXPECT_THAT(radio.active(), ElementsAre(Tech::Lte));
  radio.serving = Rat::NrNsa;
  EXPECT_THAT(radio.active(), ElementsAre(Tech::Lte, Tech::Nr));
  EXPECT_EQ(radio.anchor(), Tech::Lte);
  radio.serving = Rat::NrSa;
  EXPECT_THAT(radio.active(), ElementsAre(Tech::Nr));
  EXPECT_EQ(radio.anchor(), Tech::Nr);
}

}  // namespace
}  // namespace mwan::sim
