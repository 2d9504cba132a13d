// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/signal_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Instant at(Duration since) { return Instant(1h + since); }
SignalSample lte(double rsrp) { return {Rat::Lte, std::nullopt, rsrp, std::nullopt, std::nullopt}; }

TEST(SignalBoard, KeepsTheLastOfEachRatAndDropsOneThatWentAway) {
  SignalBoard board(60s);
  board.put(at(0s), lte(-90));
  board.put(at(1s), {Rat::NrNsa, std::nullopt, -100.0, std::nullopt, std::nullopt});
  board.put(at(2s), lte(-91));
  ASSERT_EQ(board.current().size(), 2U);
  EXPECT_EQ(board.current()[0], lte(-91));
  board.put(at(3s), {Rat::NrNsa, std::nullopt, std::nullopt, std::nullopt, std::nullopt});
  ASSERT_EQ(board.current().size(), 1U);
}

TEST(SignalBoard, ATrendHoldsValuesUntilTheNext) {
  SignalBoard board(40s);
  board.put(at(0s), lte(-80));
  board.put(at(21s), lte(-100));
  // Slices of 10 s, looked at in their middle: 5, 15, 25, 35 s.
  const auto trend = board.trend(Rat::Lte, Metric::Rsrp, at(40s), 4);
  EXPECT_THAT(trend.slices, ElementsAre(-80.0, -80.0, -100.0, -100.0));
  EXPECT_EQ(trend.low, -100.0);
  EXPECT_EQ(trend.high, -80.0);
  const auto before = board.trend(Rat::Lte, Metric::Rsrp, at(10s), 4);
  EXPECT_THAT(before.slices, ElementsAre(std::nullopt, std::nullopt, std::nullopt, -80.0));
}

TEST(SignalBoard, ForgetsWhatIsOlderThanItsWindow) {
  SignalBoard board(10s);
  board.put(at(0s), lte(-120));
  board.put(at(1s), lte(-90));
  board.put(at(30s), lte(-95));
  board.put(at(31s), lte(-96));
  EXPECT_EQ(board.trend(Rat::Lte, Metric::Rsrp, at(31s), 2).low, -96.0);
  EXPECT_EQ(board.trend(Rat::Lte, Metric::Rsrp, at(31s), 2).high, -90.0);  // in force at 21 s
}

TEST(Sparkline, SpansTheRange) {
  EXPECT_EQ(sparkline({-130.0, std::nullopt, -70.0, -200.0, 0.0}, {-130, -70}), "▁ █▁█");
}

TEST(OneLine, IsCutToTheTerminal) {
  EXPECT_EQ(one_line({lte(-85)}, 80), "LTE  RSRP -85.0 dBm good");
  EXPECT_EQ(one_line({lte(-85)}, 10), "LTE  RSRP ");
  EXPECT_EQ(one_line({}, 80), "no signal");
}

TEST(FullView, FitsTheScreen) {
  SignalBoard board(5min);
  board.put(at(0s), {Rat::Lte, -60.0, -85.0, -8.0, 18.0});
  const auto lines = full_view(board, "Example MX-9", at(1s), 80, 24);
  EXPECT_EQ(lines.front(), "Example MX-9");
  EXPECT_THAT(lines.at(3), HasSubstr("RSRP"));
  EXPECT_THAT(lines.back(), HasSubstr("the last 5 minutes"));
  EXPECT_EQ(full_view(board, "Example MX-9", at(1s), 80, 3).size(), 3U);
  EXPECT_FALSE(full_view(board, "Example MX-9", at(1s), 1, 24).empty());
}

}  // namespace
}  // namespace mwan::tool
