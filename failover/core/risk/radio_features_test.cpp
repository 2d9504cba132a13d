// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/risk/radio_features.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

Instant after_s(double s) {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s)));
}
SignalSample lte_reading(std::optional<double> rsrq, std::optional<double> rsrp = -90,
                         std::optional<double> sinr = {}) {
  return {.rat = Rat::Lte, .rssi_dbm = {}, .rsrp_dbm = rsrp, .rsrq_db = rsrq, .sinr_db = sinr};
}
SignalSample nr_reading(std::optional<double> rsrq) {
  return {.rat = Rat::NrNsa, .rssi_dbm = {}, .rsrp_dbm = {}, .rsrq_db = rsrq, .sinr_db = {}};
}
CellReport cells_of(std::uint16_t pci, double serving, std::vector<double> neighbours) {
  CellReport out{.serving = Cell{Rat::Lte, pci, {}, serving, -10}, .neighbours = {}};
  for (const double n : neighbours) out.neighbours.push_back(Cell{Rat::Lte, 77, {}, n, -16});
  return out;
}
double value(const RadioFeatures& radio, Feature f, Instant now) {
  Features features{};
  radio.read(now, features);
  return at(features, f);
}

TEST(RadioFeatures, NothingKnownIsNothingAgainstIt) {
  const RadioFeatures radio;
  Features features{};
  radio.read(after_s(5), features);
  EXPECT_EQ(features, Features{});
  EXPECT_FALSE(radio.known());
}

TEST(RadioFeatures, AGoodCellHasNothingAgainstIt) {
  RadioFeatures radio;
  radio.add(after_s(1), lte_reading(-8, -75));
  radio.add(after_s(1), cells_of(1, -75, {-90, -96}));
  Features features{};
  radio.read(after_s(1), features);
  EXPECT_EQ(features, Features{});
}

TEST(RadioFeatures, HingesOfTheServingCell) {
  RadioFeatures radio;
  radio.add(after_s(1), lte_reading(-17, -112));
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrqLow, after_s(1)), 6);
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrqVeryLow, after_s(1)), 2);
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrpBelow80, after_s(1)), 32);
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrpBelow110, after_s(1)), 2);
}

TEST(RadioFeatures, OneReadingASecondIsTheTextbookMean) {
  RadioFeatures radio;
  double mean = -10;
  for (int t = 0; t < 8; ++t) {
    const double rsrq = t == 0 ? -10 : -10 - t;
    radio.add(after_s(t), lte_reading(rsrq));
    if (t > 0) mean += 0.1 * (rsrq - mean);
  }
  EXPECT_NEAR(value(radio, Feature::RsrqSlow, after_s(7)), std::max(-11 - mean, 0.0), 1e-9);
}

TEST(RadioFeatures, AReadingIsTrueUntilTheNextOne) {
  // The same history told once a second, and told only when it changed.
  RadioFeatures often;
  RadioFeatures seldom;
  for (int t = 0; t <= 20; ++t) {
    const double rsrq = t < 10 ? -12 : -16;
    often.add(after_s(t), lte_reading(rsrq));
    if (t == 0 || t == 10) seldom.add(after_s(t), lte_reading(rsrq));
  }
  for (const Feature f : {Feature::RsrqSlow, Feature::RsrqDrop, Feature::RsrqLow}) {
    EXPECT_NEAR(value(often, f, after_s(20)), value(seldom, f, after_s(20)), 1e-9) << name(f);
  }
}

TEST(RadioFeatures, TheLowestOfThreeSecondsIsForgottenThen) {
  RadioFeatures radio;
  radio.add(after_s(0), lte_reading(-20));
  radio.add(after_s(1), lte_reading(-10));
  radio.add(after_s(2), lte_reading(-10));
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrqLowest, after_s(2)), 7);
  radio.add(after_s(3), lte_reading(-10));
  EXPECT_DOUBLE_EQ(value(radio, Feature::RsrqLowest, after_s(3)), 0);
}

TEST(RadioFeatures, AChangeOfCellIsSeenForASecondAndRemembered) {
  RadioFeatures radio;
  radio.add(after_s(1), lte_reading(-10));
  radio.add(after_s(1), cells_of(1, -90, {}));
  radio.add(after_s(2), cells_of(2, -90, {}));
  EXPECT_EQ(value(radio, Feature::LteChangeNow, after_s(2.5)), 1);
  EXPECT_EQ(value(radio, Feature::ChangeBefore, after_s(2.5)), 0);
  EXPECT_EQ(value(radio, Feature::LteChangeNow, after_s(3)), 0);
  EXPECT_EQ(value(radio, Feature::ChangeBefore, after_s(3)), 1);
  EXPECT_EQ(value(radio, Feature::ChangeBefore, after_s(4)), 0);
  EXPECT_NEAR(value(radio, Feature::ChangesFast, after_s(4)), 0.3 * 0.7 * 0.7, 1e-9);
}

TEST(RadioFeatures, NoNeighbourCountsOnlyWhereTheyAreReported) {
  RadioFeatures never;
  never.add(after_s(1), lte_reading(-10));
  never.add(after_s(1), cells_of(1, -90, {}));
  EXPECT_EQ(value(never, Feature::NoNeighbour, after_s(1)), 0);
  RadioFeatures once;
  once.add(after_s(1), lte_reading(-10));
  once.add(after_s(1), cells_of(1, -90, {-95}));
  once.add(after_s(2), cells_of(1, -90, {}));
  EXPECT_EQ(value(once, Feature::NoNeighbour, after_s(2)), 1);
}

TEST(RadioFeatures, AnOldReportOfNeighboursSaysNothing) {
  RadioFeatures radio;
  radio.add(after_s(1), lte_reading(-10));
  radio.add(after_s(1), cells_of(1, -90, {-80}));
  EXPECT_GT(value(radio, Feature::LeadHigh, after_s(5)), 0);
  EXPECT_EQ(value(radio, Feature::LeadHigh, after_s(12)), 0);
  EXPECT_FALSE(radio.lead(after_s(12)));
}

TEST(RadioFeatures, TheFirst5GReadingIsNoNewsLaterOnesAre) {
  RadioFeatures radio;
  radio.add(after_s(1), nr_reading(-10));
  radio.add(after_s(1), lte_reading(-10));
  EXPECT_EQ(value(radio, Feature::NrGained, after_s(1)), 0);
  EXPECT_EQ(value(radio, Feature::NrPresent, after_s(1)), 1);
  radio.add(after_s(2), nr_reading({}));
  EXPECT_EQ(value(radio, Feature::NrLost, after_s(2)), 1);
  EXPECT_EQ(value(radio, Feature::NrPresent, after_s(2)), 0);
  radio.add(after_s(5), nr_reading(-12));
  EXPECT_EQ(value(radio, Feature::NrGained, after_s(5)), 1);
}

TEST(RadioFeatures, EmptyReadingsOfUnusedTechnologiesChangeNothing) {
  RadioFeatures radio;
  radio.add(after_s(1), lte_reading(-16));
  radio.add(after_s(1), SignalSample{.rat = Rat::Umts});
  EXPECT_GT(value(radio, Feature::RsrqLow, after_s(1)), 0);
  radio.add(after_s(2), SignalSample{.rat = Rat::Lte});
  EXPECT_FALSE(radio.known());
}

TEST(RadioFeatures, AFallOfSinrIsCarriedForwardARiseIsNot) {
  RadioFeatures falling;
  RadioFeatures rising;
  for (int i = 0; i <= 10; ++i) {
    falling.add(after_s(0.2 * i), lte_reading({}, {}, 12.0 - i));  // ends at 2 dB, 5 dB/s down
    rising.add(after_s(0.2 * i), lte_reading({}, {}, -8.0 + i));   // ends at 2 dB as well
  }
  EXPECT_NEAR(*falling.sinr_ahead(after_s(2), 1500ms), 2 - 7.5, 1e-6);
  EXPECT_NEAR(*rising.sinr_ahead(after_s(2), 1500ms), 2, 1e-6);
  EXPECT_NEAR(*falling.sinr_ahead(after_s(10), 1500ms), 2, 1e-6);  // long over
}

}  // namespace
}  // namespace mwan::failover
