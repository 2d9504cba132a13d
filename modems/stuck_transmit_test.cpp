// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/stuck_transmit.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;

class StuckTransmitTest : public testing::Test {
 protected:
  // Time passes in steps of a second; each adds these to the counters.
  bool second(NetdevCounters more, std::optional<std::uint64_t> modem_tx = {}) {
    now_.at += 1s;
    now_.kernel.tx_packets += more.tx_packets;
    now_.kernel.tx_errors += more.tx_errors;
    now_.kernel.tx_dropped += more.tx_dropped;
    now_.kernel.rx_packets += more.rx_packets;
    if (modem_tx) now_.modem_tx = now_.modem_tx.value_or(1000) + *modem_tx;
    stuck_ = detector_.sample(now_);
    return stuck_.has_value();
  }
  // Seconds until it is seen; 0: not within a minute.
  int seen_after(NetdevCounters more, std::optional<std::uint64_t> modem_tx = {}) {
    for (int i = 1; i <= 60; ++i) {
      if (second(more, modem_tx)) return i;
    }
    return 0;
  }
  StuckTransmitDetector detector_;
  TransmitSample now_{.at = Instant(1h), .kernel = {100, 0, 0, 100}};
  std::optional<StuckTransmit> stuck_;
};

TEST_F(StuckTransmitTest, TheModemsCounterStands) {
  EXPECT_EQ(seen_after({.tx_packets = 1}, 0), 21);
  EXPECT_EQ(stuck_->packets, 20U);
  EXPECT_EQ(stuck_->lasting, 20s);
  EXPECT_THAT(stuck_->explanation, testing::HasSubstr("20 s"));
  EXPECT_TRUE(second({.tx_packets = 1}, 0));  // as long as it lasts
  EXPECT_FALSE(second({.tx_packets = 1}, 1));
}

TEST_F(StuckTransmitTest, TheKernelsCounterStandsAndItDrops) {
  EXPECT_EQ(seen_after({.tx_dropped = 5}), 21);
  detector_.forget();
  EXPECT_EQ(seen_after({.tx_errors = 1}), 21);
}

TEST_F(StuckTransmitTest, FewPacketsAreNotEnough) {
  for (int i = 0; i < 9; ++i) {
    EXPECT_FALSE(second({.tx_packets = 1}, 0));
    for (int k = 0; k < 4; ++k) EXPECT_FALSE(second({}, 0));
  }
  EXPECT_FALSE(second({}, 0));
  EXPECT_TRUE(second({.tx_packets = 2}, 0));
}

TEST_F(StuckTransmitTest, AWorkingOrIdleLinkIsNot) {
  EXPECT_EQ(seen_after({.tx_packets = 10}), 0);
  EXPECT_EQ(seen_after({}), 0);
  EXPECT_EQ(seen_after({.tx_packets = 1, .tx_dropped = 5}), 0);  // busy, but moving
  EXPECT_EQ(seen_after({.tx_packets = 1}, 1), 0);
}

TEST_F(StuckTransmitTest, WhatIsReceivedSpeaksAgainstIt) {
  EXPECT_EQ(seen_after({.tx_dropped = 5, .rx_packets = 1}), 0);
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(second({.tx_dropped = 5}));
  EXPECT_FALSE(second({.tx_dropped = 5, .rx_packets = 1}));
  EXPECT_EQ(seen_after({.tx_dropped = 5}), 20);
}

TEST_F(StuckTransmitTest, AQuietPeriodForgets) {
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(second({.tx_dropped = 5}));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(second({}));
  for (int i = 0; i < 19; ++i) EXPECT_FALSE(second({.tx_dropped = 5})) << i;
  EXPECT_TRUE(second({.tx_dropped = 5}));
}

TEST_F(StuckTransmitTest, CountersThatStartOverForget) {
  for (int i = 0; i < 15; ++i) EXPECT_FALSE(second({.tx_packets = 1}, 0));
  now_.modem_tx = 0;
  EXPECT_EQ(seen_after({.tx_packets = 1}, 0), 21);
  now_.kernel = {};
  EXPECT_FALSE(second({.tx_packets = 1}, 0));
}

}  // namespace
}  // namespace mwan
