// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/path_window.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

Instant at(Duration d) { return Instant(d); }

TEST(TargetWindow, SaysNothingBeforeThereIsEnough) {
  TargetWindow window(10s);
  for (std::size_t i = 0; i + 1 < TargetWindow::fewest; ++i) window.add(at(0s), 10ms);
  EXPECT_FALSE(window.figures(at(0s)));
  window.add(at(0s), 10ms);
  EXPECT_EQ(window.figures(at(0s)), (PathFigures{0, Duration(10ms), Duration(0ms)}));
}

TEST(TargetWindow, CountsLossAndMeasuresLatencyAndJitter) {
  TargetWindow window(10s);
  for (int i = 0; i < 10; ++i) {
    window.add(at(i * 100ms),
               i < 3 ? std::nullopt : std::optional<Duration>(i % 2 == 0 ? 20ms : 40ms));
  }
  const auto figures = window.figures(at(1s));
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->loss_permille, 300);
  EXPECT_EQ(figures->latency, Duration(220ms) / 7);  // 40, 20, 40, 20, 40, 20, 40
  EXPECT_EQ(figures->jitter, Duration(20ms));
}

TEST(TargetWindow, ForgetsWhatIsOlderThanItsLength) {
  TargetWindow window(10s);
  for (int i = 0; i < 10; ++i) window.add(at(0s), std::nullopt);
  EXPECT_EQ(window.figures(at(10s))->loss_permille, 1000);
  EXPECT_FALSE(window.figures(at(10s) + 1us));
  for (int i = 0; i < 10; ++i) window.add(at(11s), 5ms);
  EXPECT_EQ(window.figures(at(11s))->loss_permille, 0);
}

TEST(TargetWindow, IsBounded) {
  TargetWindow window(3600s);
  for (std::size_t i = 0; i < TargetWindow::most; ++i) window.add(at(0s), std::nullopt);
  for (std::size_t i = 0; i < TargetWindow::most; ++i) window.add(at(1s), 1ms);
  EXPECT_EQ(window.figures(at(1s))->loss_permille, 0);
}

std::vector<TargetWindow> three(int lost_a, int lost_b, int lost_c) {
  std::vector<TargetWindow> out(3, TargetWindow(10s));
  const auto fill = [](TargetWindow& window, int lost, Duration latency) {
    for (int i = 0; i < 10; ++i) {
      window.add(at(0s), i < lost ? std::nullopt : std::optional<Duration>(latency));
    }
  };
  fill(out[0], lost_a, 10ms);
  fill(out[1], lost_b, 20ms);
  fill(out[2], lost_c, 30ms);
  return out;
}

TEST(OfLink, ADeadTargetSpoilsNothing) {
  const auto targets = three(0, 10, 0);
  EXPECT_EQ(of_link(targets, 1, at(0s)), (PathFigures{0, Duration(10ms), Duration(0ms)}));
  EXPECT_EQ(of_link(targets, 2, at(0s))->loss_permille, 0);
  EXPECT_EQ(of_link(targets, 2, at(0s))->latency, Duration(30ms));
  EXPECT_EQ(of_link(targets, 3, at(0s))->loss_permille, 1000);
}

TEST(OfLink, LossOfTheLinkIsSeenByAll) {
  EXPECT_EQ(of_link(three(3, 4, 3), 1, at(0s))->loss_permille, 300);
}

TEST(OfLink, TargetsThatWereHardlyAskedDoNotCount) {
  auto targets = three(3, 3, 3);
  targets.emplace_back(10s);
  targets.back().add(at(0s), 1ms);
  EXPECT_EQ(of_link(targets, 1, at(0s))->loss_permille, 300);
  EXPECT_FALSE(of_link(std::vector<TargetWindow>(2, TargetWindow(10s)), 1, at(0s)));
}

}  // namespace
}  // namespace mwan::failover
