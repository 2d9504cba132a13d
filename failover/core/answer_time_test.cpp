// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/answer_time.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

TEST(AnswerTime, NothingKnownMeansTheWholeTimeLimit) {
  EXPECT_EQ(AnswerTime().limit(700ms), 700ms);
}

TEST(AnswerTime, AFastLinkStillGetsTheLeast) {
  AnswerTime time;
  for (int i = 0; i < 10; ++i) time.add(1ms);
  EXPECT_EQ(time.limit(700ms), 200ms);
  EXPECT_EQ(time.limit(150ms), 150ms);  // the user's word stands over it
}

TEST(AnswerTime, ASlowOrUnsteadyLinkIsGivenTime) {
  AnswerTime slow;
  for (int i = 0; i < 50; ++i) slow.add(280ms);
  EXPECT_NEAR(static_cast<double>(to_ms(slow.limit(5s))), 560, 10);
  AnswerTime unsteady;
  for (int i = 0; i < 50; ++i) unsteady.add(i % 2 == 0 ? 20ms : 120ms);
  EXPECT_GT(unsteady.limit(5s), 300ms);
  EXPECT_EQ(unsteady.limit(250ms), 250ms);
}

TEST(AnswerTime, FollowsAChangeWithinAFewAnswers) {
  AnswerTime time;
  for (int i = 0; i < 50; ++i) time.add(10ms);
  time.add(250ms);
  EXPECT_GT(time.limit(5s), 250ms);
}

}  // namespace
}  // namespace mwan::failover
