// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/flow_detector.hpp"

#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using fact::Flow;

class FlowDetectorTest : public testing::Test {
 protected:
  FlowDetectorTest() { (void)detector_.sample(now_, counters_); }
  // The next sample, at the pace that the detector asks for, of what flows at these rates a second.
  std::optional<Flow> next(unsigned sent, unsigned received) {
    const Duration step = detector_.pace();
    sent_ += sent * step.count();
    received_ += received * step.count();
    return add(take(sent_), take(received_), step);
  }
  std::optional<Flow> add(std::uint64_t sent, std::uint64_t received, Duration step) {
    now_ += step;
    counters_.tx_packets += sent;
    counters_.rx_packets += received;
    fact_ = detector_.sample(now_, counters_);
    return fact_ ? std::optional(fact_->flow) : std::nullopt;
  }
  // How long it takes until this is told; nothing within a minute.
  std::optional<Duration> told_after(Flow flow, unsigned sent, unsigned received) {
    const Instant begun = now_;
    while (now_ - begun < 60s) {
      if (next(sent, received) == flow) return now_ - begun;
    }
    return std::nullopt;
  }
  static std::uint64_t take(std::int64_t& micropackets) {
    const std::int64_t whole = micropackets / 1'000'000;
    micropackets %= 1'000'000;
    return static_cast<std::uint64_t>(whole);
  }
  FlowDetector detector_;
  Instant now_{1h};
  NetdevCounters counters_{.tx_packets = 5, .rx_packets = 5};
  std::int64_t sent_ = 0;
  std::int64_t received_ = 0;
  std::optional<fact::Traffic> fact_;
};

TEST_F(FlowDetectorTest, AFlowThatLosesItsAnswersIsSeenInAFewTenthsOfASecond) {
  EXPECT_EQ(next(50, 50), Flow::Answered);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(next(50, 50), std::nullopt);
  const auto seen = told_after(Flow::Unanswered, 50, 0);
  ASSERT_TRUE(seen);
  EXPECT_LE(*seen, 200ms);
  EXPECT_GE(fact_->packets, 2U);
  EXPECT_EQ(told_after(Flow::Answered, 50, 50), 100ms);
}

TEST_F(FlowDetectorTest, FromIdleItTakesOneSlowSampleMore) {
  const auto seen = told_after(Flow::Unanswered, 20, 0);
  ASSERT_TRUE(seen);
  EXPECT_LE(*seen, 1200ms);
}

TEST_F(FlowDetectorTest, AnIdleLinkIsLookedAtSeldomAndSaysNothing) {
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(detector_.pace(), 1s);
    EXPECT_EQ(add(i % 5 == 0 ? 1 : 0, i % 5 == 0 ? 1 : 0, 1s), std::nullopt);  // a probe
  }
}

TEST_F(FlowDetectorTest, OnePacketWithoutAnAnswerIsNotEnough) {
  EXPECT_EQ(add(1, 0, 1s), std::nullopt);
  EXPECT_EQ(detector_.pace(), 100ms);  // but looked at
  EXPECT_EQ(told_after(Flow::Unanswered, 0, 0), std::nullopt);
  EXPECT_EQ(detector_.pace(), 1s);
}

TEST_F(FlowDetectorTest, AStrayPacketIsNoAnswerToMany) {
  EXPECT_EQ(next(500, 500), Flow::Answered);
  const auto begun = now_;
  EXPECT_EQ(add(50, 1, 100ms), std::nullopt);
  EXPECT_EQ(add(50, 1, 100ms), Flow::Unanswered);
  EXPECT_EQ(now_ - begun, 200ms);
  // Nor does the gateway's word that it is there mean that anything beyond it answers.
  EXPECT_EQ(add(1, 1, 100ms), std::nullopt);
  EXPECT_EQ(add(50, 40, 100ms), Flow::Answered);
}

TEST_F(FlowDetectorTest, SlowAnswersAreWaitedFor) {
  detector_.round_trip(600ms);
  EXPECT_EQ(next(50, 50), Flow::Answered);
  for (int i = 0; i < 11; ++i) EXPECT_EQ(next(50, 0), std::nullopt) << i;
  EXPECT_EQ(next(50, 0), Flow::Unanswered);
}

TEST_F(FlowDetectorTest, AnEndedFlowIsSaidOnceInAWhile) {
  EXPECT_EQ(next(50, 50), Flow::Answered);
  EXPECT_EQ(told_after(Flow::Silent, 0, 0), 200ms);
  EXPECT_EQ(next(50, 50), Flow::Answered);
  // The pauses of somebody who reads.
  const Instant begun = now_;
  int told = 0;
  while (now_ - begun < 60s) {
    for (int i = 0; i < 3; ++i) (void)next(50, 50);
    for (int i = 0; i < 8; ++i) told += next(0, 0) == Flow::Silent ? 1 : 0;
  }
  EXPECT_LE(told, 12);
  EXPECT_GE(told, 6);
}

TEST_F(FlowDetectorTest, OneWayTrafficIsSaidOnceAndLookedAtSeldom) {
  ASSERT_TRUE(told_after(Flow::Unanswered, 100, 0));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(next(100, 0), std::nullopt);
  EXPECT_EQ(detector_.pace(), 1s);
  // Forgotten when it is over, so that the next one counts.
  EXPECT_EQ(told_after(Flow::Silent, 0, 0), 10s);
  EXPECT_TRUE(told_after(Flow::Unanswered, 100, 0));
}

TEST_F(FlowDetectorTest, WhatTheDeviceDropsWasToBeSent) {
  EXPECT_EQ(next(50, 50), Flow::Answered);
  counters_.tx_dropped += 5;
  EXPECT_EQ(next(0, 0), std::nullopt);
  counters_.tx_dropped += 5;
  EXPECT_EQ(next(0, 0), Flow::Unanswered);
}

TEST_F(FlowDetectorTest, CountersThatStartOverSayNothing) {
  EXPECT_EQ(next(50, 50), Flow::Answered);
  EXPECT_EQ(next(50, 0), std::nullopt);
  counters_ = {};
  EXPECT_EQ(next(50, 0), std::nullopt);
  EXPECT_EQ(next(50, 0), std::nullopt);
  EXPECT_EQ(next(50, 0), Flow::Unanswered);
}

}  // namespace
}  // namespace mwan
