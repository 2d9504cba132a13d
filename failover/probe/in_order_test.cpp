// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/in_order.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class InOrderTest : public ::testing::Test {
 protected:
  void asked(std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t i = first; i <= last; ++i) order.asked(Instant(i * 100ms), i, round);
  }
  void heard(std::uint32_t question, std::optional<Duration> answered) {
    order.heard(question, answered, [this](std::optional<Duration> outcome, bool /*others*/) {
      told.push_back(outcome.has_value());
    });
  }
  std::shared_ptr<bool> round = std::make_shared<bool>(false);
  InOrder order{std::nullopt};
  std::vector<bool> told;  // answered
};

TEST_F(InOrderTest, TheLossesOfACutStayTogether) {
  asked(1, 5);
  heard(1, 5ms);
  heard(4, 5ms);  // 2 and 3 are waited for
  EXPECT_THAT(told, ElementsAre(true));
  heard(2, std::nullopt);
  EXPECT_THAT(told, ElementsAre(true, false));
  heard(5, 5ms);
  heard(3, std::nullopt);
  EXPECT_THAT(told, ElementsAre(true, false, false, true, true));
}

TEST_F(InOrderTest, WhatIsNotOpenIsIgnored) {
  asked(1, 1);
  heard(7, 5ms);
  heard(1, 5ms);
  heard(1, std::nullopt);
  EXPECT_THAT(told, ElementsAre(true));
  asked(2, 2);
  order.clear();
  heard(2, 5ms);
  EXPECT_THAT(told, ElementsAre(true));
}

TEST_F(InOrderTest, AnAnswerToALaterQuestionTellsOfALoss) {
  order = InOrder(Duration(150ms));
  asked(1, 6);
  heard(1, 5ms);
  heard(3, 5ms);  // 2 was asked just before
  EXPECT_THAT(told, ElementsAre(true));
  heard(4, 5ms);
  EXPECT_THAT(told, ElementsAre(true, false, true, true));
  heard(2, 400ms);  // too late
  heard(6, std::nullopt);
  EXPECT_THAT(told, ElementsAre(true, false, true, true));
  heard(5, 5ms);
  EXPECT_THAT(told, ElementsAre(true, false, true, true, true, false));
}

}  // namespace
}  // namespace mwan::failover
