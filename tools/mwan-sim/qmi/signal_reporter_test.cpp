// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/signal_reporter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::sim::qmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Thresholds = std::vector<double>;

class SignalReporterTest : public testing::Test {
 protected:
  SignalReporterTest() {
    radio_.signal(Tech::Lte) = {Rat::Lte, std::nullopt, -95, -10, 12};
    radio_.signal(Tech::Nr) = {Rat::NrNsa, std::nullopt, -98, -11, 15};
  }
  std::vector<Tech> at(Instant time) { return reporter_.evaluate(time, radio_).report; }
  std::vector<Tech> now() { return at(Instant{}); }

  Radio radio_;
  SignalReporter reporter_;
};

TEST_F(SignalReporterTest, ReportsOnlyWhenAThresholdIsCrossed) {
  reporter_.configure(Tech::Lte, Metric::Rsrp, std::nullopt, Thresholds{-110, -100});
  reporter_.settle(radio_);
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).rsrp_dbm = -99.9;
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).rsrp_dbm = -100.1;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
  radio_.signal(Tech::Lte).rsrp_dbm = -109;
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).rsrp_dbm = -111;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
  radio_.signal(Tech::Lte).rsrp_dbm = -90;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
}

TEST_F(SignalReporterTest, MeasuresADeltaFromWhatWasReportedLast) {
  reporter_.configure(Tech::Lte, Metric::Sinr, 3, std::nullopt);
  reporter_.settle(radio_);
  radio_.signal(Tech::Lte).sinr_db = 10;
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).sinr_db = 9;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
  radio_.signal(Tech::Lte).sinr_db = 11.9;
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).sinr_db = 12;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
}

TEST_F(SignalReporterTest, SaysNothingAboutMetricsThatWereNotNamed) {
  reporter_.configure(Tech::Lte, Metric::Rsrp, 2, std::nullopt);
  reporter_.settle(radio_);
  radio_.signal(Tech::Lte).rsrq_db = -20;
  radio_.signal(Tech::Lte).sinr_db = -12;
  EXPECT_THAT(now(), IsEmpty());
}

TEST_F(SignalReporterTest, CarriesOnlyTheTechnologyThatMoved) {
  radio_.serving = Rat::NrNsa;
  reporter_.configure(Tech::Lte, Metric::Rsrp, 2, std::nullopt);
  reporter_.configure(Tech::Nr, Metric::Rsrp, 2, std::nullopt);
  reporter_.settle(radio_);
  radio_.signal(Tech::Nr).rsrp_dbm = -105;
  EXPECT_THAT(now(), ElementsAre(Tech::Nr));
  radio_.signal(Tech::Lte).rsrp_dbm = -99;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
}

TEST_F(SignalReporterTest, TellsThatATechnologyCameOrWent) {
  reporter_.settle(radio_);
  radio_.serving = Rat::NrNsa;
  EXPECT_THAT(now(), ElementsAre(Tech::Nr));
  EXPECT_THAT(now(), IsEmpty());
  radio_.serving = Rat::Lte;
  EXPECT_THAT(now(), ElementsAre(Tech::Nr));
}

TEST_F(SignalReporterTest, KeepsToTheReportRateAndAsksToBeCalledAgain) {
  using std::chrono::seconds;
  reporter_.configure(Tech::Lte, Metric::Rsrp, 1, std::nullopt);
  reporter_.limit_rate(Tech::Lte, seconds(2));
  reporter_.settle(radio_);
  const Instant start{seconds(10)};
  radio_.signal(Tech::Lte).rsrp_dbm = -97;
  EXPECT_THAT(at(start), ElementsAre(Tech::Lte));
  radio_.signal(Tech::Lte).rsrp_dbm = -99;
  const auto verdict = reporter_.evaluate(start + seconds(1), radio_);
  EXPECT_THAT(verdict.report, IsEmpty());
  EXPECT_EQ(verdict.look_again, start + seconds(2));
  EXPECT_THAT(at(start + seconds(2)), ElementsAre(Tech::Lte));
}

TEST_F(SignalReporterTest, ReportsRssiInStepsOfFiveUntilConfigured) {
  reporter_.settle(radio_);
  radio_.signal(Tech::Lte).rsrp_dbm = -99;
  EXPECT_THAT(now(), IsEmpty());
  radio_.signal(Tech::Lte).rsrp_dbm = -100;
  EXPECT_THAT(now(), ElementsAre(Tech::Lte));
}

TEST_F(SignalReporterTest, AnEmptyListTakesThresholdsBack) {
  reporter_.configure(Tech::Lte, Metric::Rsrp, std::nullopt, Thresholds{-100});
  reporter_.configure(Tech::Lte, Metric::Rsrp, std::nullopt, Thresholds{});
  reporter_.settle(radio_);
  radio_.signal(Tech::Lte).rsrp_dbm = -120;
  EXPECT_THAT(now(), IsEmpty());
}

}  // namespace
}  // namespace mwan::sim::qmi
