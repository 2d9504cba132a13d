// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/loss_test.hpp"

#include <random>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

void add(LossTest& test, int answered, int lost = 0) {
  for (int i = 0; i < answered; ++i) test.add(false);
  for (int i = 0; i < lost; ++i) test.add(true);
}

TEST(LossTest, AnswersAloneLeaveNothing) {
  LossTest test;
  add(test, 100);
  EXPECT_EQ(test.score(), 0);
  EXPECT_EQ(test.asked(), 0U);
}

TEST(LossTest, ACutOfAnyLengthIsOneLossAndIsForgotten) {
  LossTest brief;
  add(brief, 5, 1);
  LossTest lasting;
  add(lasting, 5, 100);
  EXPECT_EQ(brief.score(), lasting.score());
  EXPECT_EQ(lasting.lost(), LossTest::outage - 1);
  EXPECT_LT(lasting.score(), LossTest::shown);
  add(lasting, 10);
  EXPECT_EQ(lasting.score(), 0);
}

TEST(LossTest, TwoLossesOfItsOwnSayOfATargetThatItLosesSome) {
  LossTest test;
  add(test, 1, 3);
  EXPECT_LT(test.score(), LossTest::shown);
  add(test, 1, 1);
  EXPECT_GE(test.score(), LossTest::shown);
}

TEST(LossTest, WhatWasBadForLongIsWellAgainSoon) {
  LossTest test;
  for (int i = 0; i < 1000; ++i) add(test, 2, 1);
  ASSERT_GE(test.score(), LossTest::certain);
  add(test, 90);
  EXPECT_EQ(test.score(), 0);
}

// Of many lines with this loss, the part that a few seconds of questions make one believe in 30 %.
double convicted(double loss, int questions, unsigned seed) {
  std::mt19937 random(seed);
  constexpr int kLines = 2000;
  int convicted = 0;
  for (int line = 0; line < kLines; ++line) {
    LossTest test;
    for (int i = 0; i < questions && test.score() < LossTest::certain; ++i) {
      test.add(static_cast<double>(random()) < loss * 4294967296.0);
    }
    convicted += test.score() >= LossTest::certain ? 1 : 0;
  }
  return static_cast<double>(convicted) / kLines;
}

TEST(LossTest, TellsABrokenLineFromAnOrdinaryOne) {
  EXPECT_EQ(convicted(0.02, 180, 1), 0);
  EXPECT_LT(convicted(0.05, 180, 2), 0.01);
  EXPECT_GT(convicted(0.30, 180, 3), 0.95);
  EXPECT_GT(convicted(0.50, 90, 4), 0.95);
}

}  // namespace
}  // namespace mwan::failover
