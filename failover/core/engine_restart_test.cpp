// SPDX-License-Identifier: LGPL-2.1-or-later
// Killed in any state and started anew; clocks that jump; what is to hold after a hundred
// failovers.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using namespace testing;
using ::testing::IsEmpty;

// What the state files say after a kill: the backup from UpdateState on, until the primary is back.
std::optional<LinkId> noted(const World& w) {
  const State state = w.engine.state();
  const bool noted_after_switch =
      state == State::StartingInterferencePrevention || state == State::MonitoringBackup ||
      state == State::TestingPrimaryParallel || state == State::InitiatingFailback ||
      state == State::StoppingInterferencePrevention || state == State::RestoringPrimary ||
      state == State::StartingServices;
  return noted_after_switch ? std::optional(wire) : std::nullopt;
}

// Every step of both sequences, interrupted by a kill: the next run ends where the traffic belongs,
// with the primary dead for good, and with it back.
TEST(EngineRestart, FromEveryStateTheNextRunEndsWhereTheTrafficBelongs) {
  int killed = 0;
  for (const bool primary_lives : {false, true}) {
    for (const bool on_the_way_back : {false, true}) {
      for (int i = 0; i < state_count; ++i) {
        const auto state = static_cast<State>(i);
        const auto step = step_of(state);
        if (!step) continue;
        World before(two_links());
        before.settle();
        if (on_the_way_back) {
          before.see(lte, searching());
          before.silent = {*step};
          before.see(lte, home());
          before.answer(lte, true);
          before.advance(12s);
        } else {
          before.silent = {*step};
          before.see(lte, searching());
        }
        if (before.engine.state() != state) continue;  // not on this way
        ++killed;
        const auto resume = noted(before);

        World after(two_links());
        after.start(resume);
        if (primary_lives) after.address(lte);
        after.address(wire);
        for (int round = 0; round < 3; ++round) {
          if (primary_lives) after.answer(lte, true, 1);
          after.answer(wire, true, 1);
        }
        // Nobody waits longer than that for the primary.
        after.advance(11s);
        EXPECT_EQ(after.engine.active(), primary_lives ? lte : wire) << name(state);
        EXPECT_EQ(after.engine.state(),
                  primary_lives ? State::MonitoringPrimary : State::MonitoringBackup)
            << name(state);
      }
    }
  }
  EXPECT_EQ(killed, 2 * (4 + 3)) << "steps of a failover and of a failback";
}

TEST(EngineRestart, APenaltySurvives) {
  Policy policy = two_links();
  World before(policy);
  before.settle();
  before.see(lte, searching());
  before.see(lte, home());
  before.see(wire, fact::Carrier{false});
  ASSERT_EQ(before.engine.active(), lte);
  const double penalty = before.engine.penalty();
  EXPECT_GT(penalty, 1.5);

  World after(policy);
  after.feed(Start{std::nullopt, penalty});
  EXPECT_DOUBLE_EQ(after.engine.penalty(), penalty);
  after.advance(30s);
  after.feed(TimerFired{});
  EXPECT_LT(after.engine.penalty(), penalty / 2) << "it fades as if nothing had been";
  EXPECT_GT(after.engine.penalty(), penalty / 4);
}

TEST(EngineRestart, AnOddPenaltyIsNone) {
  for (const double odd : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    World w(two_links());
    w.feed(Start{std::nullopt, odd});
    EXPECT_GE(w.engine.penalty(), 0);
    EXPECT_LE(w.engine.penalty(), 100);
  }
}

// The engine knows no wall clock; and should the monotonic one be read out of order, nothing moves.
TEST(EngineRestart, TimeThatGoesBackMovesNothing) {
  World w(two_links());
  w.settle();
  w.see(lte, searching());
  w.see(lte, home());
  const auto deadline = w.engine.deadline();
  w.states.clear();
  w.now -= 5s;
  w.see(wire, fact::Carrier{true});
  w.feed(TimerFired{});
  EXPECT_EQ(w.engine.deadline(), deadline);
  EXPECT_THAT(w.states, IsEmpty());
  w.now += 5s;
  w.advance(11s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(EngineLifetime, TheHundredthFailoverIsLikeTheFirst) {
  World w(two_links());
  w.settle();
  w.advance(60s);
  std::vector<std::string> first;
  std::vector<Action> first_actions;
  for (int i = 1; i <= 100; ++i) {
    w.states.clear();
    w.see(lte, searching());
    ASSERT_EQ(w.engine.active(), wire) << "failover " << i;
    const std::vector<Action> actions = w.actions;
    w.see(lte, home());
    w.answer(lte, true);
    w.advance(60s);
    ASSERT_EQ(w.engine.active(), lte) << "failback " << i;
    if (i == 1) {
      first = w.states;
      first_actions = actions;
    }
    EXPECT_EQ(w.states, first) << "failover " << i;
    EXPECT_TRUE(actions == first_actions) << "failover " << i;
  }
}

// An unplug that is over before the driver has given up: one turn of the loop.
TEST(EngineLifetime, AnUnplugOfAHundredMillisecondsLeavesNothingBroken) {
  World w(two_links());
  w.settle();
  w.see(lte, fact::Carrier{false});
  w.see(lte, fact::Device{false, ""});
  EXPECT_EQ(w.engine.active(), wire);
  w.advance(100ms);
  w.see(lte, fact::Device{true, "wwan0"});
  w.see(lte, fact::Carrier{true});
  w.address(lte);
  EXPECT_EQ(w.all<ApplyConfig>().size(), 1U);
  w.answer(lte, true);
  w.advance(20s);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
  EXPECT_EQ(w.pace[lte].interval, 5s);
  EXPECT_EQ(w.pace[wire].interval, 5s);
}

// All links dead: the route stays where it is, every one of them goes on being tried, the reason is
// said, and the first that lives again is taken.
TEST(EngineLifetime, WithEveryLinkDeadItGoesOnTryingAndSaysSo) {
  World w(two_links());
  w.settle();
  w.answer(wire, false);
  w.answer(lte, false);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.state(), State::TestingPrimary);
  w.advance(600s);
  EXPECT_EQ(w.engine.active(), lte) << "the least bad is kept";
  EXPECT_EQ(w.pace[lte].interval, 1s) << "and tried";
  EXPECT_EQ(w.pace[wire].interval, 1s);
  w.answer(lte, false);
  EXPECT_THAT(w.engine.health(lte).words(w.now, w.engine.health(lte).assess(w.now, {}), {}),
              ::testing::HasSubstr("probe rounds in a row unanswered"));
  w.answer(wire, true);
  EXPECT_EQ(w.engine.active(), wire);
  // On the backup, all dead again.
  w.answer(wire, false);
  w.advance(600s);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_EQ(w.pace[lte].interval, 1s);
  w.answer(lte, true);
  EXPECT_EQ(w.engine.active(), lte);
}

}  // namespace
}  // namespace mwan::failover
