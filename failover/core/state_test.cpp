// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/state.hpp"

#include <set>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

TEST(StateTable, EveryTransitionIsListedOnce) {
  std::set<std::pair<State, Trigger>> seen;
  for (const Transition& t : transitions()) {
    EXPECT_TRUE(seen.insert({t.from, t.on}).second) << name(t.from) << " " << name(t.on);
    EXPECT_EQ(next(t.from, t.on), t.to);
  }
}

TEST(StateTable, EveryStateCanBeReachedAndLeft) {
  std::set<State> reached = {State::Initializing};
  std::set<State> left;
  for (const Transition& t : transitions()) {
    reached.insert(t.to);
    left.insert(t.from);
  }
  EXPECT_EQ(reached.size(), static_cast<std::size_t>(state_count));
  EXPECT_EQ(left.size(), static_cast<std::size_t>(state_count));
}

TEST(StateTable, WhatIsNotListedIsNotAllowed) {
  EXPECT_EQ(next(State::Initializing, Trigger::PrimaryFailed), std::nullopt);
  EXPECT_EQ(next(State::MonitoringPrimary, Trigger::StepDone), std::nullopt);
}

TEST(StateTable, EveryStateWithAStepIsLeftWhenItIsDone) {
  for (const Transition& t : transitions()) {
    if (step_of(t.from)) {
      EXPECT_TRUE(next(t.from, Trigger::StepDone)) << name(t.from);
    }
  }
}

TEST(StateTable, NamesRoundTrip) {
  for (int i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    EXPECT_EQ(state_named(name(state)), state);
  }
  for (const Transition& t : transitions()) EXPECT_EQ(trigger_named(name(t.on)), t.on);
  EXPECT_EQ(step_named(name(Step::ActivateLink)), Step::ActivateLink);
  EXPECT_EQ(state_named("Nonsense"), std::nullopt);
}

}  // namespace
}  // namespace mwan::failover
