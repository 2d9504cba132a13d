// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/path_window.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;

Instant at(Duration d) { return Instant(d); }

std::optional<PathFigures> figures(const TargetWindow& window, Instant now) {
  const auto tally = window.tally(now);
  return tally.enough() ? std::optional(tally.figures()) : std::nullopt;
}

TEST(TargetWindow, SaysNothingBeforeThereIsEnough) {
  TargetWindow window(10s);
  for (std::size_t i = 0; i + 1 < TargetWindow::fewest; ++i) window.add(at(0s), 10ms);
  EXPECT_FALSE(figures(window, at(0s)));
  window.add(at(0s), 10ms);
  EXPECT_EQ(figures(window, at(0s)), (PathFigures{0, Duration(10ms), Duration(0ms)}));
}

// Forty questions, evenly lost.
void fill(TargetWindow& window, Instant now, int lost_of_ten, Duration latency) {
  for (int i = 0; i < 40; ++i) {
    const bool lost = (i * lost_of_ten) % 10 < lost_of_ten && lost_of_ten > 0;
    window.add(now, lost ? std::nullopt : std::optional<Duration>(latency));
  }
}

TEST(TargetWindow, CountsLossAndMeasuresLatencyAndJitter) {
  TargetWindow window(10s);
  for (int i = 0; i < 20; ++i) {
    const auto latency = i % 4 == 1 ? 40ms : 20ms;
    window.add(at(i * 100ms), i % 4 == 3 ? std::nullopt : std::optional<Duration>(latency));
  }
  const auto seen = figures(window, at(2s));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->loss_permille, 250);
  EXPECT_EQ(seen->latency, Duration(400ms) / 15);  // 20, 40, 20, five times
  EXPECT_EQ(seen->jitter, Duration(200ms) / 14);   // 20, 20, 0, four times, and the last 20, 20
}

TEST(TargetWindow, ForgetsWhatIsOlderThanItsLength) {
  TargetWindow window(10s);
  fill(window, at(0s), 3, 5ms);
  EXPECT_EQ(figures(window, at(10s))->loss_permille, 300);
  EXPECT_FALSE(figures(window, at(10s) + 1us));
  fill(window, at(11s), 0, 5ms);
  EXPECT_EQ(figures(window, at(11s))->loss_permille, 0);
}

TEST(TargetWindow, AnOutageIsNoRateOfLoss) {
  TargetWindow window(10s);
  fill(window, at(0s), 0, 5ms);
  for (std::size_t i = 0; i + 1 < TargetWindow::outage; ++i) window.add(at(1s), std::nullopt);
  EXPECT_EQ(figures(window, at(1s))->loss_permille, 1000 / 40);  // a cut, once
  window.add(at(1s), std::nullopt);
  EXPECT_EQ(figures(window, at(1s))->loss_permille, 0);
  for (int i = 0; i < 30; ++i) window.add(at(1s), std::nullopt);
  window.add(at(2s), 5ms);
  window.add(at(2s), std::nullopt);
  EXPECT_EQ(figures(window, at(2s))->loss_permille, 1000 / 42);
  // Nothing but an outage says nothing.
  TargetWindow dead(10s);
  for (int i = 0; i < 100; ++i) dead.add(at(0s), std::nullopt);
  EXPECT_FALSE(figures(dead, at(0s)));
}

TEST(TargetWindow, IsBounded) {
  TargetWindow window(3600s);
  for (std::size_t i = 0; i < TargetWindow::most; ++i)
    window.add(at(0s), i % 2 == 0 ? std::nullopt : std::optional<Duration>(1ms));
  for (std::size_t i = 0; i < TargetWindow::most; ++i) window.add(at(1s), 1ms);
  EXPECT_EQ(figures(window, at(1s))->loss_permille, 0);
}

std::vector<TargetWindow> three(int lost_a, int lost_b, int lost_c) {
  std::vector<TargetWindow> out(3, TargetWindow(10s));
  fill(out[0], at(0s), lost_a, 10ms);
  fill(out[1], at(0s), lost_b, 20ms);
  fill(out[2], at(0s), lost_c, 30ms);
  return out;
}

TEST(OfLink, ADeadTargetSpoilsNothing) {
  auto targets = three(0, 8, 0);
  EXPECT_EQ(of_link(targets, 1, at(0s)), (PathFigures{0, Duration(10ms), Duration(0ms)}));
  EXPECT_EQ(of_link(targets, 2, at(0s))->loss_permille, 0);
  EXPECT_EQ(of_link(targets, 3, at(0s))->loss_permille, 800);
  EXPECT_EQ(of_link(targets, 2, at(0s))->latency, Duration(20ms));
}

TEST(OfLink, LossOfTheLinkIsSeenByAll) {
  EXPECT_EQ(of_link(three(3, 4, 3), 1, at(0s))->loss_permille, 333);
}

// After a cut that was too short to count as an outage of the targets.
TEST(OfLink, AFewLostInARowByEachTargetAreNoBrownOut) {
  std::vector<TargetWindow> targets(3, TargetWindow(10s));
  for (TargetWindow& target : targets) {
    for (std::size_t i = 0; i + 1 < TargetWindow::outage; ++i) target.add(at(0s), std::nullopt);
  }
  for (int round = 0; round < 40; ++round) {
    for (TargetWindow& target : targets) target.add(at(1s), 9ms);
    const auto figures = of_link(targets, 1, at(1s));
    EXPECT_TRUE(!figures || figures->loss_permille < 250) << round;
  }
}

TEST(OfLink, OneTargetThatLosesMuchIsNotTheLink) {
  EXPECT_EQ(of_link(three(0, 0, 6), 1, at(0s))->loss_permille, 0);
  EXPECT_EQ(of_link(three(1, 6, 1), 1, at(0s))->loss_permille, 100);
}

TEST(OfLink, TargetsThatWereHardlyAskedDoNotCount) {
  auto targets = three(3, 3, 3);
  targets.emplace_back(10s);
  targets.back().add(at(0s), 1ms);
  EXPECT_EQ(of_link(targets, 1, at(0s))->loss_permille, 300);
  EXPECT_FALSE(of_link(std::vector<TargetWindow>(2, TargetWindow(10s)), 1, at(0s)));
}

// Rounds of a tenth of a second: '.' is answered, 'x' is lost; a target each.
std::vector<TargetWindow> rounds(const std::vector<std::string>& targets) {
  std::vector<TargetWindow> out(targets.size(), TargetWindow(10s));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (std::size_t round = 0; round < targets[i].size(); ++round) {
      const bool cut = std::ranges::all_of(targets, [&](const std::string& all) {
        return round >= all.size() || all[round] == 'x';
      });
      out[i].add(at(round * 100ms),
                 targets[i][round] == 'x' ? std::nullopt : std::optional<Duration>(5ms), cut);
    }
  }
  return out;
}

TEST(ShownLoss, IsToldBeforeThereAreEnoughQuestionsForARate) {
  const auto figures = of_link(rounds({".x..x..x.", "x..x...x.", "..x..xx.."}), 1, at(1s));
  ASSERT_TRUE(figures);
  EXPECT_GE(figures->loss_permille, 250);
  EXPECT_FALSE(figures->latency);
}

TEST(ShownLoss, OneTargetsLossIsItsOwn) {
  EXPECT_FALSE(of_link(rounds({".........", ".........", "x.x..x..x"}), 1, at(1s)));
  EXPECT_FALSE(of_link(rounds({".........", "x.x..x..x", "x.x..x..x"}), 1, at(1s)));
  EXPECT_TRUE(of_link(rounds({".........", "x.x..x..x", "x.x..x..x"}), 2, at(1s)));
}

TEST(ShownLoss, ADeadTargetHidesNothing) {
  const auto figures = of_link(rounds({".x..x..x..x.", "x..x..x..x..", "xxxxxxxxxxxx"}), 1, at(1s));
  ASSERT_TRUE(figures);
  EXPECT_GE(figures->loss_permille, 250);
}

TEST(ShownLoss, CutsOfAllTargetsAreNoBrownOut) {
  EXPECT_FALSE(of_link(rounds({"..xxxx....", "..xxxx....", "..xxxx...."}), 1, at(1s)));
  EXPECT_FALSE(of_link(rounds({"..xx.....x", "..xx......", "..xx......"}), 1, at(1s)));
  EXPECT_FALSE(of_link(rounds(std::vector<std::string>(3, "..xx.xx.xx.xx..")), 1, at(2s)));
}

// Though they take a third of the questions of each target.
TEST(OfLink, ShortCutsAreNoRateOfLoss) {
  const std::string cuts = "..xxx.......xxx.....xxx......xxx....";
  for (std::size_t length = 1; length <= cuts.size(); ++length) {
    const auto figures =
        of_link(rounds(std::vector<std::string>(3, cuts.substr(0, length))), 1, at(4s));
    EXPECT_TRUE(!figures || figures->loss_permille < 250) << length;
  }
}

TEST(ShownLoss, SingleLossesAreNone) {
  EXPECT_FALSE(of_link(rounds({"..x.......", ".....x....", ".........x"}), 1, at(1s)));
}

TEST(ShownLoss, TargetsThatAreSeldomAskedAreNotWaitedFor) {
  EXPECT_TRUE(of_link(rounds({".x..x..x.x", "x..x...x.x", "..x..xx..x", "."}), 1, at(1s)));
}

TEST(ShownLoss, WhatIsLongAgoIsForgotten) {
  auto targets = rounds({".x..x..x.", "x..x...x.", "..x..xx.."});
  for (TargetWindow& target : targets) target.add(at(20s), 5ms);
  EXPECT_FALSE(of_link(targets, 1, at(20s)));
}

TEST(Undecided, WhileHalfOfTheTargetsHaveLostSome) {
  EXPECT_FALSE(undecided(rounds({"...", "...", "..."})));
  EXPECT_FALSE(undecided(rounds({"...", "...", ".x."})));
  EXPECT_TRUE(undecided(rounds({"...", ".x.", ".x."})));
  EXPECT_FALSE(undecided(rounds({"...", ".x..........", ".x.........."})));
  EXPECT_FALSE(undecided({}));
}

}  // namespace
}  // namespace mwan::failover
