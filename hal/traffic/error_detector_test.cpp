// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/error_detector.hpp"

#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

class ErrorDetectorTest : public testing::Test {
 protected:
  std::optional<fact::Errors> second(std::uint64_t packets, std::uint64_t errors) {
    now_ += 1s;
    counters_.rx_packets += packets;
    counters_.rx_errors += errors;
    return detector_.sample(now_, counters_);
  }
  ErrorDetector detector_;
  Instant now_{1h};
  NetdevCounters counters_;
};

TEST_F(ErrorDetectorTest, ManyAreSaidAtOnceAndOnce) {
  EXPECT_FALSE(second(1000, 0));
  EXPECT_FALSE(second(1000, 5));
  const auto seen = second(1000, 40);
  ASSERT_TRUE(seen);
  EXPECT_EQ(*seen, (fact::Errors{true, 45, 2000, 2s}));
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(second(1000, 40)) << i;
}

TEST_F(ErrorDetectorTest, AFewAmongManyPacketsAreNot) {
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(second(10000, 20)) << i;
}

TEST_F(ErrorDetectorTest, AHandfulOnAnIdleLinkIsNot) {
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(second(0, 1)) << i;
}

TEST_F(ErrorDetectorTest, TheyAreOverAfterAQuietHalfMinute) {
  (void)second(1000, 0);
  ASSERT_TRUE(second(1000, 100));
  int seconds = 0;
  std::optional<fact::Errors> over;
  while (!over && seconds < 120) {
    over = second(1000, 0);
    ++seconds;
  }
  ASSERT_TRUE(over);
  EXPECT_FALSE(over->many);
  EXPECT_GE(seconds, 30);
  EXPECT_LE(seconds, 36);
}

TEST_F(ErrorDetectorTest, SilenceDoesNotProveThatTheyAreOver) {
  (void)second(1000, 0);
  ASSERT_TRUE(second(1000, 100));
  for (int i = 0; i < 120; ++i) EXPECT_FALSE(second(0, 0)) << i;
}

TEST_F(ErrorDetectorTest, AnotherDevicesCountersSayNothing) {
  (void)second(1000, 100000);
  counters_ = {};
  EXPECT_FALSE(second(1000, 0));
  EXPECT_FALSE(second(1000, 0));
}

}  // namespace
}  // namespace mwan
