// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/suspicion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Kind = Suspicion::Kind;

fact::Gateway gateway(const char* address, fact::Nud state) {
  return {IpAddress::parse(address).value_or(IpAddress()), state};
}
const fact::Probe good{.sent = 1, .answered = 1, .ok = true, .rtt = 10ms};
const fact::Traffic unanswered{fact::Flow::Unanswered, 17, 250ms};

TEST(Suspicion, UnansweredTrafficStandsUntilSomethingIsAnswered) {
  Suspicion s;
  s.observe(unanswered, false);
  EXPECT_EQ(s.kind(), Kind::TrafficUnanswered);
  EXPECT_THAT(s.words(), HasSubstr("17 packets in 250 ms"));
  EXPECT_EQ(s.strikes(), 1);
  s.observe(good, false);
  EXPECT_EQ(s.kind(), std::nullopt);
  EXPECT_EQ(s.strikes(), 0);
  s.observe(unanswered, false);
  s.observe(fact::Traffic{fact::Flow::Answered, 0, {}}, false);
  EXPECT_EQ(s.kind(), std::nullopt);
}

TEST(Suspicion, WhatLostProbesHaveSaidAlreadyIsNotCountedAgain) {
  Suspicion s;
  s.observe(unanswered, true);
  EXPECT_EQ(s.kind(), Kind::TrafficUnanswered);
  EXPECT_EQ(s.strikes(), 0);
}

TEST(Suspicion, AnEndedFlowIsNoReasonForDoubtButCounts) {
  Suspicion s;
  s.observe(fact::Traffic{fact::Flow::Silent, 0, {}}, false);
  EXPECT_EQ(s.kind(), std::nullopt);
  EXPECT_EQ(s.strikes(), 1);
}

TEST(Suspicion, OnlyTheSilentGatewayItselfClearsIt) {
  Suspicion s;
  s.observe(gateway("192.0.2.1", fact::Nud::Probing), false);
  EXPECT_EQ(s.kind(), Kind::GatewaySilent);
  EXPECT_THAT(s.words(), HasSubstr("192.0.2.1"));
  s.observe(gateway("fe80::1", fact::Nud::Reachable), false);
  EXPECT_EQ(s.kind(), Kind::GatewaySilent);
  s.observe(gateway("192.0.2.1", fact::Nud::Reachable), false);
  EXPECT_EQ(s.kind(), std::nullopt);
}

TEST(Suspicion, ErrorsAreSaidInFigures) {
  Suspicion s;
  s.observe(fact::Errors{true, 45, 955, 2s}, false);
  EXPECT_EQ(s.kind(), Kind::ManyErrors);
  EXPECT_THAT(s.words(), HasSubstr("4.5 % of the packets are damaged (45 in 2 s)"));
  s.observe(fact::Errors{false, 0, 1000, 5s}, false);
  EXPECT_EQ(s.kind(), std::nullopt);
}

TEST(Suspicion, ASpeedIsSlowAgainstWhatItWas) {
  Suspicion s;
  s.observe(fact::Speed{100, true}, false);
  EXPECT_FALSE(s.slow());
  s.observe(fact::Speed{1000, true}, false);
  EXPECT_FALSE(s.slow());
  s.observe(fact::Speed{10, false}, false);
  EXPECT_TRUE(s.slow());
  EXPECT_EQ(s.speed_words(), "10 Mbit/s after 1000, half duplex");
  s.observe(fact::Speed{1000, true}, false);
  EXPECT_FALSE(s.slow());
}

TEST(Suspicion, ASilenceBeforeTheLostRoundGoesOnCounting) {
  Suspicion s;
  s.observe(fact::Traffic{fact::Flow::Silent, 0, {}}, false);
  EXPECT_EQ(s.strikes(), 1);
  s.observe(unanswered, true);
  EXPECT_EQ(s.strikes(), 1);
  s.observe(good, false);
  EXPECT_EQ(s.strikes(), 0);
  s.observe(unanswered, true);  // the same silence as the round's
  EXPECT_EQ(s.strikes(), 0);
}

TEST(Suspicion, BesideABusyLinksPacketsAnswersComeLate) {
  Suspicion s;
  for (int i = 0; i < 10; ++i) s.observe(good, false);
  EXPECT_EQ(s.answer_limit(700ms, 2s), 200ms);
  s.observe(fact::Traffic{fact::Flow::Answered, 0, {}}, false);
  EXPECT_EQ(s.answer_limit(700ms, 2s), 2s);
  s.observe(unanswered, false);
  EXPECT_EQ(s.answer_limit(700ms, 2s), 200ms);
  s.restart();
  EXPECT_EQ(s.answer_limit(700ms, 2s), 700ms);
}

}  // namespace
}  // namespace mwan::failover
