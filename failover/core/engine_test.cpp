// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::home;
using testing::lte;
using testing::searching;
using testing::third;
using testing::two_links;
using testing::wire;
using testing::World;

SignalSample radio(double sinr, double rsrq = -9, double rsrp = -90) {
  return SignalSample{
      .rat = Rat::Lte, .rssi_dbm = {}, .rsrp_dbm = rsrp, .rsrq_db = rsrq, .sinr_db = sinr};
}

TEST(Engine, StartsThroughTheNamedStatesAndActivatesThePrimary) {
  World w(two_links());
  w.start();
  EXPECT_THAT(w.states, ElementsAre("DetectingPrimary", "BackupingSettings", "MonitoringPrimary"));
  EXPECT_EQ(w.all<PrepareLink>().size(), 2U);
  EXPECT_FALSE(w.engine.active());
  w.address(lte);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, LosingTheRegistrationMovesTheRouteInTheSameStep) {
  World w(two_links());
  w.settle();
  ASSERT_EQ(w.engine.active(), lte);
  w.states.clear();
  w.see(lte, searching());
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_THAT(w.states, ElementsAre("TestingPrimary", "InitiatingFailover", "StoppingServices",
                                    "ConfiguringBackup", "UpdatingState",
                                    "StartingInterferencePrevention", "MonitoringBackup"));
  EXPECT_THAT(w.last_reason(), HasSubstr("lte: registration lost: searching"));
  const auto steps = w.all<RunStep>();
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(steps[1], (RunStep{Step::ActivateLink, lte, wire}));
  EXPECT_EQ(steps[2], (RunStep{Step::UpdateState, lte, wire}));
}

TEST(Engine, WhatADeviceLeavesBehindIsWithdrawnOnceTheTrafficHasMoved) {
  World w(two_links());
  w.settle();
  w.see(lte, fact::Device{false, ""});
  EXPECT_EQ(w.engine.active(), wire);
  std::vector<std::string> order;
  for (const Action& action : w.actions) {
    if (const auto* step = std::get_if<RunStep>(&action)) order.emplace_back(name(step->step));
    if (const auto* gone = std::get_if<WithdrawConfig>(&action)) {
      EXPECT_EQ(gone->link, lte);
      order.emplace_back("withdraw");
    }
  }
  EXPECT_EQ(std::ranges::count(order, "withdraw"), 1);
  EXPECT_GT(std::ranges::find(order, "withdraw"), std::ranges::find(order, "ActivateLink"));
}

TEST(Engine, TheOnlyLinksDeviceLeavesNothingBehindAndIsRoutedAgainWhenItIsBack) {
  World w(two_links());
  w.start();
  w.address(lte);
  w.answer(lte, true);
  ASSERT_EQ(w.engine.active(), lte);
  w.see(lte, fact::Device{false, ""});
  EXPECT_EQ(w.all<WithdrawConfig>().size(), 1U);
  EXPECT_TRUE(w.all<RunStep>().empty());
  w.advance(20s);
  w.see(lte, fact::Device{true, "wwan1"});
  w.address(lte);
  const auto steps = w.all<RunStep>();
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0], (RunStep{Step::ActivateLink, std::nullopt, lte}));
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, true);
  EXPECT_TRUE(w.all<RunStep>().empty()) << "once";
}

TEST(Engine, HalfOfAnAddressingThatFailedWithTheDeviceIsWithdrawnToo) {
  World w(two_links());
  w.settle();
  w.address(wire);
  w.feed(ConfigApplied{wire, Error{FailureClass::Gone, "test", "no such device"}});
  w.see(wire, fact::Device{false, ""});
  ASSERT_EQ(w.all<WithdrawConfig>().size(), 1U);
  EXPECT_EQ(w.all<WithdrawConfig>()[0].link, wire);
  w.see(wire, fact::Device{false, ""});
  EXPECT_TRUE(w.all<WithdrawConfig>().empty()) << "once";
}

TEST(Engine, ABackupThatIsAloneComesBackToTheRouteToo) {
  World w(two_links());
  w.settle();
  w.see(lte, fact::Device{false, ""});
  ASSERT_EQ(w.engine.active(), wire);
  w.see(wire, fact::Device{false, ""});
  EXPECT_EQ(w.all<WithdrawConfig>().size(), 1U);
  w.advance(20s);
  w.see(wire, fact::Device{true, "eth1"});
  w.address(wire);
  EXPECT_EQ(w.engine.active(), wire);
  ASSERT_EQ(w.all<RunStep>().size(), 1U);
  EXPECT_EQ(w.all<RunStep>()[0].to, wire);
}

TEST(Engine, EveryHardFactIsActedOnAtOnce) {
  const std::vector<Fact> facts = {
      fact::Device{false, ""},
      fact::Carrier{false},
      Registration{.state = RegistrationState::Denied},
      PacketService{.state = PacketServiceState::Detached},
      Bearer{.family = IpFamily::V4, .state = BearerState::Disconnected, .end_reason = {}},
      fact::Gateway{*IpAddress::parse("192.0.2.254"), fact::Nud::Failed},
      fact::AddressingLost{"lease expired"},
  };
  for (std::size_t i = 0; i < facts.size(); ++i) {
    World w(two_links());
    w.settle();
    w.see(lte, facts[i]);
    EXPECT_EQ(w.engine.active(), wire) << "fact " << i;
  }
}

TEST(Engine, IPv6LostOrAFamilyNeverGrantedIsNoReasonToLeave) {
  World w(two_links());
  w.settle();
  w.see(lte, Bearer{IpFamily::V4, BearerState::Connected, {}});
  w.see(lte, Bearer{IpFamily::V6, BearerState::Disconnected, {}});
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, IPv4LostIsLeftAlthoughIPv6StillWorks) {
  World w(two_links());
  w.settle();
  w.see(lte, Bearer{IpFamily::V4, BearerState::Connected, {}});
  w.see(lte, Bearer{IpFamily::V6, BearerState::Connected, {}});
  w.see(lte, Bearer{IpFamily::V4, BearerState::Disconnected, {}});
  EXPECT_EQ(w.engine.active(), wire);
  // Connected anew, now with IPv6 only: that is what this network grants.
  w.see(lte, Bearer{IpFamily::V6, BearerState::Disconnected, {}});
  w.see(lte, Bearer{IpFamily::V6, BearerState::Connected, {}});
  w.advance(20s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, PingsOnlyIgnoresEverythingButProbes) {
  Policy policy = two_links();
  policy.evidence = Evidence::Pings;
  World w(policy);
  w.settle();
  w.see(lte, searching());
  w.see(lte, fact::Carrier{false});
  w.see(lte, radio(-15, -20, -130));
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, false, 2);
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, false, 1);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, ALostProbeQuickensThePaceAndThreeMoveTheRoute) {
  World w(two_links());
  w.settle();
  w.answer(lte, false, 1);
  EXPECT_EQ(w.engine.state(), State::TestingPrimary);
  EXPECT_EQ(w.pace[lte].interval, 100ms);
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(lte, true, 1);
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
  w.answer(lte, true, 9);
  EXPECT_EQ(w.pace[lte].interval, 5s);
  w.answer(lte, false, 3);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, AFadingRadioArmsThenLeavesBeforeTheLoss) {
  World w(two_links());
  w.settle();
  bool armed_first = false;
  double left_at = 99;
  for (double sinr = 15; sinr > -3 && w.engine.active() == lte; sinr -= 0.9) {
    w.advance(200ms);
    if (w.engine.active() != lte) break;
    w.see(lte, radio(sinr, -9 - (15 - sinr) * 0.4, -95 - (15 - sinr)));
    if (w.engine.state() == State::TestingPrimary) armed_first = true;
    left_at = sinr;
  }
  EXPECT_TRUE(armed_first);
  EXPECT_EQ(w.engine.active(), wire);
  EXPECT_GT(left_at, -2.0) << "left only when packets were being lost already";
  EXPECT_THAT(w.last_reason(), HasSubstr("SINR"));
}

TEST(Engine, AWeakButSteadyRadioIsNotLeft) {
  World w(two_links());
  w.settle();
  for (int i = 0; i < 100; ++i) {
    w.advance(200ms);
    w.see(lte, radio(3.5, -13, -112));
  }
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, RiskDoesNotMoveTrafficToALinkThatIsNotProven) {
  World w(two_links());
  w.start();
  w.address(lte);
  w.answer(lte, true);
  w.address(wire);  // up, but nobody has seen it answer
  w.see(lte, radio(-10, -20, -125));
  EXPECT_EQ(w.engine.active(), lte);
  w.answer(wire, true);
  w.advance(1s);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, ADeadPrimaryIsLeftEvenForAnUnprovenBackup) {
  World w(two_links());
  w.start();
  w.address(lte);
  w.answer(lte, true);
  w.address(wire);
  w.see(lte, fact::Carrier{false});
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, WithoutAnyTargetThePrimaryKeepsTheRoute) {
  World w(two_links());
  w.settle();
  w.see(wire, fact::Carrier{false});
  w.see(lte, searching());
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.engine.state(), State::TestingPrimary);
  w.see(lte, home());
  w.answer(lte, true);
  EXPECT_EQ(w.engine.state(), State::MonitoringPrimary);
}

TEST(Engine, ComingBackIsEarned) {
  World w(two_links());
  w.settle();
  w.see(lte, searching());
  ASSERT_EQ(w.engine.active(), wire);
  w.see(lte, home());
  EXPECT_EQ(w.engine.state(), State::TestingPrimaryParallel);
  w.advance(9s);
  EXPECT_EQ(w.engine.active(), wire);
  w.see(lte, searching());
  EXPECT_EQ(w.engine.state(), State::MonitoringBackup);
  w.see(lte, home());
  w.states.clear();
  w.advance(9s);
  EXPECT_EQ(w.engine.active(), wire) << "the stability time starts again";
  w.advance(2s);
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_THAT(w.states, ElementsAre("InitiatingFailback", "StoppingInterferencePrevention",
                                    "RestoringPrimary", "StartingServices", "MonitoringPrimary"));
}

TEST(Engine, ADyingBackupReturnsToAPrimaryThatAnswersWithoutWaiting) {
  World w(two_links());
  w.settle();
  w.see(lte, searching());
  w.see(lte, home());
  w.see(wire, fact::Carrier{false});
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, ADyingBackupGoesToTheNextBackup) {
  Policy policy = two_links();
  policy.links.push_back(LinkPolicy{.name = "third", .priority = 30});
  World w(policy);
  w.settle();
  w.see(lte, searching());
  ASSERT_EQ(w.engine.active(), wire);
  w.see(wire, fact::Carrier{false});
  EXPECT_EQ(w.engine.active(), third);
  w.see(wire, fact::Carrier{true});
  w.answer(wire, true);
  w.advance(20s);
  EXPECT_EQ(w.engine.active(), wire) << "the preferred backup is taken again once it is stable";
}

TEST(Engine, ABootWithADeadPrimaryChoosesTheBackupAfterTheGrace) {
  World w(two_links());
  w.start();
  w.address(wire);
  w.answer(wire, true);
  EXPECT_FALSE(w.engine.active());
  w.advance(10s);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, ARestartResumesTheBackupAndWaitsForIt) {
  World w(two_links());
  w.start(wire);
  EXPECT_EQ(w.engine.state(), State::MonitoringBackup);
  EXPECT_EQ(w.engine.active(), wire);
  w.address(lte);  // up, but nobody knows whether it works
  EXPECT_EQ(w.engine.active(), wire);
  w.address(wire);
  w.answer(wire, true);
  w.answer(lte, true);
  EXPECT_EQ(w.engine.active(), wire);
  w.advance(11s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, ABackupThatCannotBeActivatedPutsThePrimaryBack) {
  World w(two_links());
  w.settle();
  w.refusing = {wire};
  w.states.clear();
  w.see(lte, searching());
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.states.back(), "TestingPrimary");
  EXPECT_THAT(w.states, Contains("RestoringPrimary"));
  w.refusing = {};
  w.advance(6s);
  EXPECT_EQ(w.engine.active(), wire) << "tried again after a while";
}

TEST(Engine, AFailbackThatCannotBeActivatedStaysOnTheBackup) {
  World w(two_links());
  w.settle();
  w.see(lte, searching());
  w.refusing = {lte};
  w.see(lte, home());
  w.advance(12s);
  EXPECT_EQ(w.engine.active(), wire);
  w.refusing = {};
  w.advance(12s);
  EXPECT_EQ(w.engine.active(), lte);
}

TEST(Engine, AStepThatIsNeverAnsweredDoesNotStopTheMachine) {
  World w(two_links());
  w.settle();
  w.silent = {Step::StopServices};
  w.see(lte, searching());
  EXPECT_EQ(w.engine.state(), State::StoppingServices);
  w.silent = {};
  w.advance(31s);
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(Engine, LostAddressingIsWithdrawnOnlyAfterTheTrafficLeft) {
  World w(two_links());
  w.settle();
  w.see(lte, fact::AddressingLost{"bearer down"});
  std::size_t moved = 0;
  std::size_t withdrawn = 0;
  for (std::size_t i = 0; i < w.actions.size(); ++i) {
    const auto* step = std::get_if<RunStep>(&w.actions[i]);
    if (step != nullptr && step->step == Step::ActivateLink) moved = i;
    if (std::holds_alternative<WithdrawConfig>(w.actions[i])) withdrawn = i;
  }
  EXPECT_GT(moved, 0U);
  EXPECT_GT(withdrawn, moved);
}

TEST(Engine, RenumberingTheActiveLinkIsNoFlap) {
  World w(two_links());
  w.settle();
  w.states.clear();
  w.see(lte, fact::Addressing{testing::some_config(7)});
  EXPECT_THAT(w.states, ElementsAre());
  EXPECT_EQ(w.engine.active(), lte);
  EXPECT_EQ(w.all<ApplyConfig>().size(), 1U);
}

}  // namespace
}  // namespace mwan::failover
