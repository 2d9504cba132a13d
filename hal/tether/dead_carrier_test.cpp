// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/tether/dead_carrier.hpp"

#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

class DeadCarrierTest : public testing::Test {
 protected:
  // Resets until `end`, each deadline kept to the moment.
  int resets_until(Instant end) {
    int count = 0;
    while (const auto at = dead_.deadline()) {
      if (*at > end) break;
      now_ = *at;
      EXPECT_FALSE(dead_.reset_due(now_ - 1us));
      count += static_cast<int>(dead_.reset_due(now_));
    }
    now_ = end;
    return count;
  }
  DeadCarrier dead_;
  Instant now_{};
};

TEST_F(DeadCarrierTest, NeverSeenIsNotDead) {
  dead_.carrier(false, now_);
  EXPECT_EQ(resets_until(now_ + 24h), 0);
}

TEST_F(DeadCarrierTest, AShortLossIsNothing) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_ + 1s);
  dead_.carrier(true, now_ + 5s);
  EXPECT_EQ(resets_until(now_ + 24h), 0);
}

TEST_F(DeadCarrierTest, FiveSecondsWithoutItAreDead) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_ + 10s);
  dead_.carrier(false, now_ + 12s);
  EXPECT_EQ(dead_.deadline(), now_ + 15s);
}

TEST_F(DeadCarrierTest, ThreeResetsFartherAndFartherApartThenNoMore) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_);
  EXPECT_EQ(resets_until(now_ + 60s), 1);
  EXPECT_EQ(resets_until(now_ + 10s), 1);
  EXPECT_EQ(resets_until(now_ + 24h), 1);
}

TEST_F(DeadCarrierTest, AResetThatBringsItBackDeadIsNotANewPhone) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_);
  EXPECT_EQ(resets_until(now_ + 5s), 1);
  dead_.gone();
  dead_.carrier(false, now_);
  EXPECT_EQ(dead_.deadline(), now_ + 60s);
}

TEST_F(DeadCarrierTest, APhoneThatRestartsAndComesBackDeadIsReset) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_ + 1s);
  dead_.gone();
  EXPECT_EQ(dead_.deadline(), std::nullopt) << "it is not there";
  dead_.carrier(false, now_ + 60s);
  EXPECT_EQ(dead_.deadline(), now_ + 65s);
}

TEST_F(DeadCarrierTest, CarrierMakesGoodWhatWasCounted) {
  dead_.carrier(true, now_);
  dead_.carrier(false, now_);
  EXPECT_EQ(resets_until(now_ + 24h), 3);
  dead_.carrier(true, now_);
  dead_.carrier(false, now_);
  EXPECT_EQ(resets_until(now_ + 24h), 3);
}

}  // namespace
}  // namespace mwan
