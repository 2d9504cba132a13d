// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/answer_share.hpp"

#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

class AnswerShareTest : public testing::Test {
 protected:
  // Samples of a tenth of a second, until it is said or the time is over.
  std::optional<Duration> said_after(std::uint64_t sent, std::uint64_t received, Duration most) {
    const Instant begun = now_;
    while (now_ - begun < most) {
      now_ += 100ms;
      if (share_.add(now_, sent, received)) return now_ - begun;
    }
    return std::nullopt;
  }
  AnswerShare share_;
  Instant now_{1h};
};

TEST_F(AnswerShareTest, AThirdFewerAnswersAreSeenInASecond) {
  EXPECT_FALSE(said_after(10, 10, 60s));
  const auto seen = said_after(10, 7, 10s);
  ASSERT_TRUE(seen);
  EXPECT_LE(*seen, 1200ms);
}

TEST_F(AnswerShareTest, WhateverTheShareIs) {
  EXPECT_FALSE(said_after(30, 90, 60s));
  EXPECT_TRUE(said_after(30, 60, 1s));
}

TEST_F(AnswerShareTest, ALittleLessIsOrdinary) {
  EXPECT_FALSE(said_after(10, 10, 60s));
  EXPECT_FALSE(said_after(10, 9, 600s));
}

TEST_F(AnswerShareTest, OneSampleWithoutAnswersIsNotEnough) {
  EXPECT_FALSE(said_after(10, 10, 60s));
  EXPECT_FALSE(said_after(10, 0, 100ms));
  EXPECT_FALSE(said_after(10, 20, 100ms));
  EXPECT_FALSE(said_after(10, 10, 60s));
}

TEST_F(AnswerShareTest, NothingIsUsualAtTheBeginning) {
  EXPECT_FALSE(said_after(10, 10, 500ms));
  EXPECT_FALSE(said_after(10, 0, 400ms));
}

// Traffic that changes all the time, as that of people does.
TEST_F(AnswerShareTest, TheMoreOftenItIsSaidTheSeldomer) {
  int said = 0;
  const Instant begun = now_;
  while (now_ - begun < 1h) {
    said += said_after(10, 20, 5s) ? 1 : 0;
    said += said_after(10, 5, 5s) ? 1 : 0;
  }
  EXPECT_GE(said, 3);
  EXPECT_LE(said, 14);
}

}  // namespace
}  // namespace mwan
