// SPDX-License-Identifier: LGPL-2.1-or-later
// What people decide, and what decides over people.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;
using testing::lte;
using testing::third;
using testing::three_links;
using testing::two_links;
using testing::wire;
using testing::World;

class EngineManual : public ::testing::Test {
 protected:
  // Which the command is answered with: "yes: ..." or "no: ...".
  static std::string ask(World& w, CommandKind kind, std::optional<LinkId> link = {}) {
    w.feed(Command{kind, link});
    const auto answers = w.all<CommandAnswer>();
    if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
    return (answers[0].accepted ? "yes: " : "no: ") + answers[0].words;
  }
  static void down(World& w, LinkId link) { w.see(link, fact::Carrier{false}); }
  static void up(World& w, LinkId link) {
    w.see(link, fact::Carrier{true});
    w.answer(link, true);
  }
};

TEST_F(EngineManual, FailoverGoesAtOnceAndStays) {
  World w(two_links());
  w.settle();
  EXPECT_EQ(ask(w, CommandKind::Failover, wire), "yes: wire takes over, until failback");
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_EQ(w.engine.state(), State::MonitoringBackup);
  w.advance(3600s);  // the primary is well all the time
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_EQ(ask(w, CommandKind::Failover, wire), "no: wire carries the traffic already");
}

TEST_F(EngineManual, WithoutANameItIsTheBestOther) {
  World w(three_links());
  w.settle();
  ask(w, CommandKind::Failover);
  EXPECT_EQ(w.engine.active(), wire);
  ask(w, CommandKind::Failover);
  EXPECT_EQ(w.engine.active(), lte) << "the primary is the best other one";
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
  EXPECT_EQ(w.engine.manual().held, lte);
}

TEST_F(EngineManual, FailbackReturnsAtOnce) {
  World w(two_links());
  w.settle();
  ask(w, CommandKind::Failover, wire);
  EXPECT_EQ(ask(w, CommandKind::Failback),
            "yes: the engine chooses again; the traffic returns to lte");
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.manual(), Manual{});
  EXPECT_THAT(ask(w, CommandKind::Failback), HasSubstr("no: nothing to undo"));
}

TEST_F(EngineManual, FailbackToALinkThatIsNotWellIsLeftToTheEngine) {
  World w(two_links());
  w.settle();
  ask(w, CommandKind::Failover, wire);
  w.see(lte, testing::searching());
  EXPECT_THAT(ask(w, CommandKind::Failback), HasSubstr("lte: registration lost: searching"));
  EXPECT_EQ(w.engine.active(), wire);
  w.see(lte, testing::home());
  w.answer(lte, true);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(EngineManual, ADeadLinkIsRefused) {
  World w(two_links());
  w.settle();
  down(w, wire);
  EXPECT_EQ(ask(w, CommandKind::Failover, wire),
            "no: it cannot carry the traffic: wire: no carrier");
  EXPECT_EQ(ask(w, CommandKind::Failover), "no: no other link can carry the traffic");
  EXPECT_EQ(ask(w, CommandKind::Failover, LinkId{9}), "no: no such link");
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.manual(), Manual{});
}

TEST_F(EngineManual, DecisiveFactsWinOverTheChoice) {
  World w(three_links());
  w.settle();
  ask(w, CommandKind::Failover, wire);
  down(w, wire);
  EXPECT_EQ(w.engine.active(), lte);
  ASSERT_EQ(w.all<ManualChange>().size(), 1U);
  EXPECT_EQ(w.all<ManualChange>()[0].manual, Manual{});
  EXPECT_EQ(w.all<ManualChange>()[0].reason,
            "the choice by hand is over: it is dead and another link is not, wire: no carrier");
}

TEST_F(EngineManual, TheChoiceHoldsWhenNoOtherLinkLives) {
  World w(two_links());
  w.settle();
  ask(w, CommandKind::Failover, wire);
  down(w, lte);
  down(w, wire);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_EQ(w.engine.manual().held, wire);
  up(w, wire);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST_F(EngineManual, RiskDoesNotMoveWhatWasChosen) {
  World w(two_links());
  w.settle();
  ask(w, CommandKind::Failover, wire);
  ask(w, CommandKind::Failover, lte);
  ASSERT_EQ(w.engine.manual().held, lte);
  for (int i = 0; i < 30; ++i) {
    w.advance(1s);
    w.see(lte,
          SignalSample{.rat = Rat::Lte, .rsrp_dbm = -118.0, .rsrq_db = -19.0, .sinr_db = -8.0});
  }
  EXPECT_EQ(w.engine.standing(lte).verdict, LinkVerdict::Suspect);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(EngineManual, AColdLinkIsBroughtUpFirst) {
  World w(two_links(Standby::Cold));
  w.settle();
  EXPECT_THAT(ask(w, CommandKind::Failover, wire), HasSubstr("yes: wire is being brought up"));
  EXPECT_EQ(w.all<PrepareLink>(), (std::vector<PrepareLink>{{wire, LinkLevel::Up}}));
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_THAT(ask(w, CommandKind::Failover, wire), HasSubstr("no: on the way"));
  w.advance(30s);  // long enough for a standby that nobody needs to be let go
  w.address(wire);
  EXPECT_EQ(w.engine.active(), lte) << "it has not answered yet";
  w.answer(wire, true);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST_F(EngineManual, OneThatDoesNotComeUpIsGivenUp) {
  World w(two_links(Standby::Cold));
  w.settle();
  ask(w, CommandKind::Failover, wire);
  w.advance(121s);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.manual(), Manual{});
}

TEST_F(EngineManual, AnActivationThatFailsLeavesWhatWorks) {
  World w(three_links());
  w.settle();
  w.refusing = {third};
  ask(w, CommandKind::Failover, third);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
  EXPECT_EQ(w.engine.manual(), Manual{});
  w.refusing = {};
  w.advance(10s);
  ask(w, CommandKind::Failover, wire);
  w.refusing = {third};
  ask(w, CommandKind::Failover, third);
  EXPECT_EQ(w.engine.active(), wire) << "the engine chooses again, in its own time";
}

TEST_F(EngineManual, PausedNothingIsMoved) {
  World w(two_links());
  w.settle();
  EXPECT_THAT(ask(w, CommandKind::Pause), HasSubstr("yes: paused"));
  down(w, lte);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.standing(lte).verdict, LinkVerdict::Down) << "it watches";
  EXPECT_EQ(ask(w, CommandKind::Failover, wire), "no: paused: resume first");
  EXPECT_EQ(ask(w, CommandKind::Failback), "no: paused: resume first");
  EXPECT_EQ(ask(w, CommandKind::Pause), "yes: paused already");
  EXPECT_EQ(ask(w, CommandKind::Resume), "yes: no longer paused");
  EXPECT_EQ(w.engine.active(), wire) << "at once";
}

TEST_F(EngineManual, InMaintenanceALinkIsNeitherChosenNorProbed) {
  World w(two_links());
  w.settle();
  EXPECT_THAT(ask(w, CommandKind::MaintenanceOn, wire), HasSubstr("yes: wire is in maintenance"));
  EXPECT_EQ(w.pace.at(wire).interval, Duration(0));
  EXPECT_EQ(w.engine.standing(wire).words, "in maintenance");
  EXPECT_EQ(ask(w, CommandKind::Failover, wire), "no: wire is in maintenance");
  down(w, lte);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), lte);
  ask(w, CommandKind::MaintenanceOff, wire);
  EXPECT_GT(w.pace.at(wire).interval, Duration(0));
  w.answer(wire, true);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST_F(EngineManual, MaintenanceOfTheActiveLinkMovesTheTrafficFirst) {
  World w(two_links());
  w.settle();
  ask(w, CommandKind::MaintenanceOn, lte);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_EQ(ask(w, CommandKind::MaintenanceOn, wire),
            "no: wire carries the traffic, and no other link can");
  w.advance(3600s);
  EXPECT_EQ(w.engine.active(), wire);
  ask(w, CommandKind::MaintenanceOff, lte);
  EXPECT_NE(w.engine.standing(lte).verdict, LinkVerdict::Good) << "it has to answer again";
  w.answer(lte, true);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(EngineManual, ARestartGoesOnWithWhatWasDecided) {
  World w(three_links());
  w.feed(Start{std::nullopt, 0, Manual{false, third, {wire}}});
  for (const LinkId link : {lte, wire, third}) w.address(link);
  w.answer(lte, true);
  EXPECT_EQ(w.engine.active(), std::nullopt) << "not to one link and then to another";
  w.answer(third, true);
  EXPECT_EQ(w.engine.active(), third);
  EXPECT_EQ(w.engine.manual(), (Manual{false, third, {wire}}));
  // Links that are no more are forgotten.
  World other(two_links());
  other.feed(Start{std::nullopt, 0, Manual{true, third, {LinkId{8}}}});
  EXPECT_EQ(other.engine.manual(), (Manual{true, std::nullopt, {}}));
}

TEST_F(EngineManual, PausedFromTheStartNothingIsTouched) {
  World w(two_links());
  w.feed(Start{std::nullopt, 0, Manual{true, std::nullopt, {}}});
  w.address(lte);
  w.answer(lte, true);
  w.advance(60s);
  EXPECT_EQ(w.engine.active(), std::nullopt);
  ask(w, CommandKind::Resume);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST_F(EngineManual, EveryAnswerSaysWhetherSomethingChanged) {
  World w(three_links());
  w.settle();
  std::mt19937 random(7);
  const auto pick = [&random](unsigned n) { return static_cast<int>(random() % n); };
  for (int i = 0; i < 20'000; ++i) {
    w.advance(std::chrono::milliseconds(pick(2000)));
    const LinkId any{static_cast<std::uint16_t>(pick(4))};
    if (pick(3) == 0) {
      const Manual before = w.engine.manual();
      const auto link = pick(4) == 0 ? std::nullopt : std::optional(any);
      const std::string said = ask(w, static_cast<CommandKind>(pick(6)), link);
      if (said.starts_with("no")) {
        EXPECT_EQ(w.engine.manual(), before) << said;
      }
    } else if (pick(2) == 0) {
      w.see(any, fact::Carrier{pick(3) != 0});
    } else if (any.index < 3) {
      w.answer(any, pick(4) != 0, 1);
    }
    // Traffic on a dead link, while another is alive that may be chosen, is for pauses only.
    const auto active = w.engine.active();
    if (!active || w.engine.manual().paused) continue;
    if (w.engine.standing(*active).verdict != LinkVerdict::Down) continue;
    for (std::uint16_t other = 0; other < 3; ++other) {
      const LinkVerdict verdict = w.engine.standing(LinkId{other}).verdict;
      EXPECT_TRUE(verdict == LinkVerdict::Down || verdict == LinkVerdict::Ready) << "event " << i;
    }
    if (HasFailure()) FAIL();
  }
}

}  // namespace
}  // namespace mwan::failover
