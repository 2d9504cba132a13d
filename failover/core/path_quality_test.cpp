// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/path_quality.hpp"

#include <gmock/gmock.h>

#include "failover/core/link_health.hpp"

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;

Instant at(Duration d) { return Instant(d); }

fact::Probe measured(std::uint16_t loss_permille, Duration latency = 20ms) {
  return {.sent = 1,
          .answered = 1,
          .ok = true,
          .rtt = latency,
          .loss_permille = loss_permille,
          .latency = latency};
}

TEST(PathQuality, IsPoorFromTheUpperThresholdOn) {
  PathQuality quality{QualityPolicy{}};
  quality.observe(at(0s), measured(249));
  EXPECT_FALSE(quality.poor());
  quality.observe(at(1s), measured(250));
  EXPECT_TRUE(quality.poor());
  EXPECT_THAT(quality.words(), HasSubstr("25 % of the probes lost (limit 25 %)"));
}

TEST(PathQuality, ComesBackBelowTheLowerThresholdForATime) {
  PathQuality quality{QualityPolicy{}};
  quality.observe(at(0s), measured(300));
  quality.observe(at(1s), measured(101));
  quality.observe(at(60s), measured(101));
  EXPECT_TRUE(quality.poor());  // between the two
  quality.observe(at(61s), measured(100));
  quality.observe(at(70s), measured(50));
  EXPECT_TRUE(quality.poor());
  quality.observe(at(71s), measured(0));
  EXPECT_FALSE(quality.poor());
}

TEST(PathQuality, ABreakInTheGoodTimeBeginsItAnew) {
  PathQuality quality{QualityPolicy{}};
  quality.observe(at(0s), measured(300));
  quality.observe(at(1s), measured(0));
  quality.observe(at(9s), measured(150));
  quality.observe(at(12s), measured(0));
  EXPECT_TRUE(quality.poor());
  quality.observe(at(22s), measured(0));
  EXPECT_FALSE(quality.poor());
}

TEST(PathQuality, TooFewProbesChangeNothing) {
  PathQuality quality{QualityPolicy{}};
  quality.observe(at(0s), measured(300));
  quality.observe(at(60s), fact::Probe{.sent = 1, .answered = 1, .ok = true});
  EXPECT_TRUE(quality.poor());
}

TEST(PathQuality, LatencyHasThresholdsOfItsOwn) {
  PathQuality off{QualityPolicy{}};
  off.observe(at(0s), measured(0, 2s));
  EXPECT_FALSE(off.poor());
  PathQuality on{{.latency_down = 500ms, .latency_up = 300ms}};
  on.observe(at(0s), measured(0, 800ms));
  EXPECT_TRUE(on.poor());
  EXPECT_THAT(on.words(), HasSubstr("800 ms of delay (limit 500 ms)"));
  on.observe(at(1s), measured(0, 400ms));
  on.observe(at(30s), measured(0, 400ms));
  EXPECT_TRUE(on.poor());
  on.observe(at(31s), measured(0, 200ms));
  on.observe(at(41s), measured(0, 200ms));
  EXPECT_FALSE(on.poor());
}

// ---------------------------------------------------------------- as the verdict on a link

class Brownout : public ::testing::Test {
 protected:
  Brownout() {
    health.set_addressed(true);
    for (int i = 0; i < 3; ++i) hear(at(0s), measured(0));
  }
  void hear(Instant now, const Fact& fact) {
    health.observe(now, fact);
    seen = health.assess(now, shipped_risk_model());
    words = health.words(now, seen, shipped_risk_model());
  }
  LinkHealth health{ProbePolicy{}, Evidence::All};
  Assessment seen;
  std::string words;
};

TEST_F(Brownout, ALossyLinkIsSuspectAndWorthLeaving) {
  EXPECT_EQ(seen.verdict, LinkVerdict::Good);
  hear(at(1s), measured(300));
  EXPECT_EQ(seen.verdict, LinkVerdict::Suspect);
  EXPECT_EQ(seen.cause, Cause::Brownout);
  EXPECT_DOUBLE_EQ(seen.risk, 1.0);
  EXPECT_THAT(words, HasSubstr("30 % of the probes lost"));
}

TEST_F(Brownout, ANewAddressBeginsAnew) {
  hear(at(1s), measured(300));
  health.set_addressed(false);
  health.set_addressed(true);
  for (int i = 0; i < 3; ++i) hear(at(2s), measured(0));
  EXPECT_EQ(seen.verdict, LinkVerdict::Good);
}

TEST_F(Brownout, ACaptivePortalIsNotTheInternet) {
  hear(at(1s), fact::Portal{true, "log in at http://10.0.0.1/"});
  EXPECT_EQ(seen.verdict, LinkVerdict::Suspect);
  EXPECT_EQ(seen.cause, Cause::CaptivePortal);
  EXPECT_DOUBLE_EQ(seen.risk, 1.0);
  EXPECT_EQ(words, "log in at http://10.0.0.1/");
  // It keeps the words when the portal swallows the other probes, and stays something that a user
  // can log in through.
  for (int i = 0; i < 3; ++i) hear(at(2s), fact::Probe{.sent = 2, .answered = 0, .ok = false});
  EXPECT_EQ(seen.cause, Cause::CaptivePortal);
  EXPECT_EQ(seen.verdict, LinkVerdict::Suspect);
  hear(at(3s), fact::Portal{false, ""});
  EXPECT_EQ(seen.cause, Cause::ProbesLost);
  for (int i = 0; i < 3; ++i) hear(at(4s), measured(0));
  EXPECT_EQ(seen.verdict, LinkVerdict::Good);
}

TEST_F(Brownout, APortalBeforeAnyProof) {
  health.set_addressed(false);
  health.set_addressed(true);
  hear(at(1s), fact::Portal{true, "log in"});
  EXPECT_EQ(seen.verdict, LinkVerdict::Suspect);
  EXPECT_EQ(seen.cause, Cause::CaptivePortal);
}

TEST_F(Brownout, ASpentBudgetIsSaidAndChangesNoVerdict) {
  hear(at(1s), fact::ProbeBudget{true});
  EXPECT_EQ(seen.verdict, LinkVerdict::Good);
  EXPECT_THAT(words, HasSubstr("budget"));
  hear(at(2s), fact::Carrier{false});
  EXPECT_EQ(seen.verdict, LinkVerdict::Down);
  hear(at(3s), fact::Carrier{true});
  hear(at(4s), fact::ProbeBudget{false});
  EXPECT_EQ(words, "well");
}

}  // namespace
}  // namespace mwan::failover
