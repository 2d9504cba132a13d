// SPDX-License-Identifier: LGPL-2.1-or-later
// What the engine makes of evidence that is not a probe's, and how often it has links probed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fact::Traffic answered{fact::Flow::Answered, 0, {}};
const fact::Traffic unanswered_for_200ms{fact::Flow::Unanswered, 9, 200ms};
const fact::Traffic ended{fact::Flow::Silent, 0, {}};

fact::Gateway gateway(fact::Nud state) {
  return {IpAddress::parse("192.0.2.254").value_or(IpAddress()), state};
}

class Pace : public ::testing::Test {
 protected:
  Pace() : w(two_links()) {
    w.settle();
    for (int i = 0; i < 5; ++i) {
      w.see(lte, fact::Probe{.sent = 1, .answered = 1, .ok = true, .rtt = 10ms});
    }
    w.advance(20s);
  }
  SetProbing pace(LinkId link) { return w.pace[link]; }
  World w;
};

TEST_F(Pace, AWellLinkIsAskedSeldomAndOneTargetAfterTheOther) {
  w.see(lte, answered);
  EXPECT_EQ(pace(lte), (SetProbing{lte, 5s, 2s, true}));
  w.see(lte, ended);
  EXPECT_EQ(pace(lte), (SetProbing{lte, 5s, 200ms, true}));
}

TEST_F(Pace, UnansweredTrafficIsAskedAboutAtOnceAndMovesNothingByItself) {
  w.see(lte, unanswered_for_200ms);
  EXPECT_EQ(pace(lte), (SetProbing{lte, 100ms, 200ms, false}));
  EXPECT_EQ(w.engine.state(), State::TestingPrimary);
  EXPECT_THAT(w.last_reason(), HasSubstr("traffic is unanswered"));
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, true, 1);
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(Pace, UnansweredTrafficStandsForALostRound) {
  w.see(lte, unanswered_for_200ms);
  w.answer(lte, false, 1);
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, false, 1);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_THAT(w.last_reason(), HasSubstr("2 probe rounds"));
}

TEST_F(Pace, ASilentGatewayToo) {
  w.see(lte, gateway(fact::Nud::Probing));
  EXPECT_EQ(pace(lte).interval, 100ms);
  w.see(lte, unanswered_for_200ms);
  w.answer(lte, false, 1);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST_F(Pace, EvidenceBesideProbesNeverIsEnough) {
  Policy policy = two_links();
  policy.links[0].probe.down = 1;
  World one(policy);
  one.settle();
  one.see(lte, unanswered_for_200ms);
  one.see(lte, gateway(fact::Nud::Probing));
  one.see(lte, fact::Errors{true, 100, 100, 1s});
  one.see(lte, fact::Speed{1000, true});
  one.see(lte, fact::Speed{10, true});
  one.advance(60s);
  EXPECT_EQ(one.engine.active(), lte);
}

TEST_F(Pace, AnEndedFlowIsAskedAboutOnceWithoutDoubt) {
  w.see(lte, answered);
  w.see(lte, ended);
  EXPECT_THAT(w.all<ProbeNow>(), Contains(ProbeNow{lte}));
  EXPECT_THAT(w.all<VerdictChange>(), IsEmpty());
  w.answer(lte, false, 2);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST_F(Pace, AfterALostRoundItStaysFastUntilSeveralWereAnswered) {
  w.answer(lte, false, 1);
  EXPECT_EQ(pace(lte).interval, 100ms);
  w.answer(lte, true, 9);
  EXPECT_EQ(pace(lte).interval, 100ms);
  w.answer(lte, true, 1);
  EXPECT_EQ(pace(lte).interval, 5s);
}

TEST_F(Pace, ADeadLinkIsTriedUntilItAnswersThenWatchedForItsStabilityTime) {
  w.answer(lte, false, 3);
  ASSERT_EQ(w.engine.active(), wire);
  EXPECT_EQ(pace(lte), (SetProbing{lte, 1s, 700ms, false}));
  w.answer(lte, true, 1);
  EXPECT_EQ(pace(lte).interval, 100ms);
  w.answer(lte, true, 9);
  EXPECT_EQ(pace(lte).interval, 1s);
  w.advance(30s);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(pace(lte).interval, 5s);
}

TEST_F(Pace, AFailedGatewayThatIsAskedAgainIsNotAlive) {
  w.see(lte, gateway(fact::Nud::Failed));
  EXPECT_EQ(w.engine.active(), wire);
  w.see(lte, gateway(fact::Nud::Probing));
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), wire);
  w.see(lte, gateway(fact::Nud::Reachable));
  w.answer(lte, true);
  w.advance(20s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(Pace, DamagedPacketsAreAReasonForDoubtAsLongAsTheyLast) {
  w.see(lte, fact::Errors{true, 45, 955, 2s});
  EXPECT_EQ(pace(lte).interval, 100ms);
  EXPECT_THAT(w.last_reason(), HasSubstr("4.5 % of the packets are damaged"));
  w.see(lte, fact::Errors{false, 0, 1000, 30s});
  EXPECT_EQ(pace(lte).interval, 5s);
}

TEST_F(Pace, ASlowPortIsSaidAndUsedOn) {
  w.see(lte, fact::Speed{1000, true});
  EXPECT_THAT(w.all<VerdictChange>(), IsEmpty());
  w.see(lte, fact::Speed{10, true});
  EXPECT_THAT(w.all<VerdictChange>(),
              Contains(VerdictChange{lte, LinkVerdict::Good, "well, but at 10 Mbit/s after 1000"}));
  EXPECT_EQ(w.engine.active(), lte);
}

// Though links were compared a moment ago, because of another probe.
TEST_F(Pace, ALinkThatTurnsOutToLoseTooMuchIsLeftAtOnce) {
  fact::Probe probe{.sent = 3, .answered = 3, .ok = true, .rtt = 10ms, .loss_permille = 240};
  for (int i = 0; i < 12; ++i) {
    w.advance(100ms);
    w.see(lte, probe);
  }
  EXPECT_EQ(w.engine.active(), lte);
  probe.loss_permille = 260;
  w.see(lte, probe);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_THAT(w.last_reason(), HasSubstr("26 % of the probes lost"));
}

TEST_F(Pace, WithPingsOnlyCountersSayNothing) {
  Policy policy = two_links();
  policy.evidence = Evidence::Pings;
  World pings(policy);
  pings.settle();
  pings.see(lte, unanswered_for_200ms);
  EXPECT_THAT(pings.all<VerdictChange>(), IsEmpty());
  pings.see(lte, ended);
  EXPECT_THAT(pings.all<ProbeNow>(), IsEmpty());
  pings.answer(lte, false, 2);
  EXPECT_EQ(pings.engine.active(), lte);
}

}  // namespace
}  // namespace mwan::failover
