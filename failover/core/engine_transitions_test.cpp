// SPDX-License-Identifier: LGPL-2.1-or-later
// Every transition of the table is reached: stories that the engine goes through, and a count of
// what they touched. A transition that is added needs a story here.
#include <set>

#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using namespace testing;

using Taken = std::set<std::pair<State, Trigger>>;

// A world that notes what the engine goes through.
class Story {
 public:
  Story(Taken& taken, const Policy& policy) : w(policy) {
    w.watch = [&taken](const Action& action) {
      if (const auto* change = std::get_if<StateChange>(&action)) {
        taken.insert({change->from, change->on});
      }
    };
  }
  World w;
};

// A failover as it should be, and the way back.
void there_and_back(Taken& taken) {
  Story s(taken, two_links());
  s.w.settle();
  s.w.answer(lte, false, 1);  // a doubt that passes
  s.w.answer(lte, true, 1);
  s.w.answer(lte, false, 3);  // one that does not
  s.w.answer(lte, true, 3);
  s.w.answer(lte, false, 3);  // and not for long
  s.w.answer(lte, true, 3);
  s.w.advance(20s);
  EXPECT_EQ(s.w.engine.state(), State::MonitoringPrimary);
}

SignalSample lte_radio(double rsrq_db, double rsrp_dbm) {
  return {.rat = Rat::Lte, .rssi_dbm = {}, .rsrp_dbm = rsrp_dbm, .rsrq_db = rsrq_db, .sinr_db = {}};
}

// Of no use all of a sudden, though it answers: left without having been in doubt before.
void left_at_once(Taken& taken) {
  Story s(taken, two_links());
  s.w.settle();
  s.w.see(lte, lte_radio(-8, -85));
  s.w.advance(100ms);
  s.w.see(lte, fact::Portal{true, "log in"});
  EXPECT_EQ(s.w.engine.active(), wire);
}

// The backup becomes useless while the primary is on trial, and a third link is better than that.
void to_the_better_of_two(Taken& taken) {
  Story s(taken, three_links());
  s.w.settle();
  s.w.see(lte, searching());
  s.w.see(lte, home());
  s.w.advance(2s);
  s.w.see(lte, lte_radio(-12.5, -104));
  ASSERT_EQ(s.w.engine.state(), State::TestingPrimaryParallel);
  s.w.advance(100ms);
  s.w.see(wire, fact::Portal{true, "log in"});
  s.w.advance(1s);
  EXPECT_EQ(s.w.engine.active(), third);
}

void restarted_on_the_backup(Taken& taken) {
  Story s(taken, two_links());
  s.w.start(wire);
  EXPECT_EQ(s.w.engine.state(), State::MonitoringBackup);
  s.w.address(lte);
  s.w.address(wire);
  s.w.answer(wire, true);
  s.w.answer(lte, false, 3);
  // The backup dies while nothing is known of the primary's future.
  s.w.see(lte, fact::Carrier{true});
  s.w.answer(lte, true, 3);
  s.w.see(wire, fact::Carrier{false});
  EXPECT_EQ(s.w.engine.active(), lte);
}

// From the backup straight to a primary that is up and was never seen to answer.
void back_to_an_unproven_primary(Taken& taken) {
  Story s(taken, two_links());
  s.w.settle();
  s.w.see(lte, fact::AddressingLost{"lease expired"});
  ASSERT_EQ(s.w.engine.active(), wire);
  s.w.address(lte);
  s.w.see(wire, fact::Carrier{false});
  EXPECT_EQ(s.w.engine.active(), lte);
}

// Backups die and are preferred over each other, with the primary dead, then on trial.
void among_backups(Taken& taken) {
  for (const bool primary_answers : {false, true}) {
    Story s(taken, three_links());
    s.w.settle();
    s.w.see(lte, searching());
    ASSERT_EQ(s.w.engine.active(), wire);
    const auto trial = [&] {
      if (primary_answers) s.w.see(lte, home());
    };
    trial();
    // To the third, and not to the primary, which cannot be activated.
    s.w.refusing = {lte};
    s.w.see(wire, fact::Carrier{false});
    s.w.refusing = {};
    if (primary_answers) s.w.advance(6s);
    if (s.w.engine.active() != third) s.w.see(wire, fact::Carrier{false});
    EXPECT_EQ(s.w.engine.active(), third);
    s.w.see(wire, fact::Carrier{true});
    s.w.answer(wire, true);
    s.w.advance(9500ms);
    if (primary_answers) s.w.see(lte, searching());
    trial();
    s.w.advance(30s);
  }
}

void nothing_can_be_activated(Taken& taken) {
  {
    Story s(taken, two_links());
    s.w.settle();
    s.w.refusing = {wire};
    s.w.see(lte, searching());  // the primary is put back
    EXPECT_EQ(s.w.engine.active(), lte);
  }
  {
    Story s(taken, three_links());
    s.w.settle();
    s.w.see(lte, searching());
    s.w.refusing = {third};
    s.w.see(wire, fact::Carrier{false});  // and the backup stays
    EXPECT_EQ(s.w.engine.active(), wire);
  }
  {
    Story s(taken, two_links());
    s.w.settle();
    s.w.see(lte, searching());
    s.w.refusing = {lte};
    s.w.see(lte, home());
    s.w.advance(12s);  // the failback fails
    EXPECT_EQ(s.w.engine.active(), wire);
  }
}

// People choose, from each of the states that watch.
void by_hand(Taken& taken) {
  {
    Story s(taken, three_links());
    s.w.settle();
    s.w.feed(Command{CommandKind::Failover, wire});
    EXPECT_EQ(s.w.engine.active(), wire);
    s.w.feed(Command{CommandKind::Failover, third});
    EXPECT_EQ(s.w.engine.active(), third);
    s.w.feed(Command{CommandKind::Failback, std::nullopt});
    EXPECT_EQ(s.w.engine.active(), lte);
    s.w.answer(lte, false, 1);
    ASSERT_EQ(s.w.engine.state(), State::TestingPrimary);
    s.w.feed(Command{CommandKind::Failover, wire});
    EXPECT_EQ(s.w.engine.active(), wire);
  }
  for (const CommandKind kind : {CommandKind::Failover, CommandKind::Failback}) {
    Story s(taken, three_links());
    s.w.settle();
    s.w.see(lte, searching());
    s.w.see(lte, home());
    s.w.advance(2s);
    ASSERT_EQ(s.w.engine.state(), State::TestingPrimaryParallel);
    const bool back = kind == CommandKind::Failback;
    s.w.feed(Command{kind, back ? std::nullopt : std::optional(third)});
    EXPECT_EQ(s.w.engine.active(), back ? lte : third);
  }
}

TEST(Transitions, EveryOneIsReached) {
  Taken taken;
  by_hand(taken);
  there_and_back(taken);
  left_at_once(taken);
  to_the_better_of_two(taken);
  restarted_on_the_backup(taken);
  back_to_an_unproven_primary(taken);
  among_backups(taken);
  nothing_can_be_activated(taken);
  for (const Transition& t : transitions()) {
    EXPECT_TRUE(taken.contains({t.from, t.on}))
        << "no story goes from " << name(t.from) << " by " << name(t.on) << " to " << name(t.to);
  }
}

}  // namespace
}  // namespace mwan::failover
