// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/probe_round.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

TEST(ProbeRound, IsWellWithTheQuorumAndNotBefore) {
  ProbeRound round(3, 2);
  for (int i = 0; i < 3; ++i) round.sent();
  EXPECT_EQ(round.verdict(), std::nullopt);
  round.answered();
  EXPECT_EQ(round.verdict(), std::nullopt);
  EXPECT_FALSE(round.reached());
  round.answered();
  EXPECT_EQ(round.verdict(), true);
  EXPECT_EQ(round.sent_count(), 3);
  EXPECT_EQ(round.answer_count(), 2);
}

TEST(ProbeRound, IsLostWhenTooFewCouldBeAsked) {
  ProbeRound round(3, 2);
  round.not_sent();
  EXPECT_EQ(round.verdict(), std::nullopt);
  round.not_sent();
  EXPECT_EQ(round.verdict(), false);
}

TEST(ProbeRound, TheQuorumIsBetweenOneAndAll) {
  ProbeRound all(2, 9);
  all.sent();
  all.sent();
  all.answered();
  EXPECT_FALSE(all.reached());
  all.answered();
  EXPECT_TRUE(all.reached());
  ProbeRound none(2, 0);
  EXPECT_FALSE(none.reached());
}

TEST(ProbeRound, WithoutTargetsItIsLost) { EXPECT_EQ(ProbeRound(0, 1).verdict(), false); }

}  // namespace
}  // namespace mwan::failover
