// SPDX-License-Identifier: LGPL-2.1-or-later
// What waits beside the active link: hot, warm, cold, metered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using ::testing::ElementsAre;
using testing::home;
using testing::lte;
using testing::searching;
using testing::two_links;
using testing::wire;
using testing::World;

TEST(EngineStandby, AMeteredStandbyIsProbedSeldomUntilItMayBeNeeded) {
  Policy policy = two_links();
  policy.links[1].metered = true;
  World w(policy);
  w.start();
  w.address(lte);
  w.answer(lte, true);
  w.address(wire);
  w.answer(wire, true);
  EXPECT_EQ(w.pace[wire].interval, 10s);
  w.answer(lte, false, 1);
  EXPECT_EQ(w.pace[wire].interval, 1s);
  w.answer(lte, true, 1);
  EXPECT_EQ(w.pace[wire].interval, 10s);
  w.see(lte, searching());
  ASSERT_EQ(w.engine.active(), wire);
  EXPECT_EQ(w.pace[wire].interval, 5s);
}

TEST(EngineStandby, AColdBackupIsStartedOnDoubtAndReleasedWhenCalm) {
  World w(two_links(Standby::Cold));
  w.settle();
  w.answer(lte, false, 1);
  EXPECT_THAT(w.all<PrepareLink>(), ElementsAre(PrepareLink{wire}));
  w.address(wire);
  w.answer(lte, true, 3);
  w.advance(15s);
  EXPECT_THAT(w.all<ReleaseLink>(), ElementsAre(ReleaseLink{wire}));
  EXPECT_THAT(w.all<WithdrawConfig>(), ElementsAre(WithdrawConfig{wire}));
}

// What a modem that is kept ready reports.
void report_ready(World& w, LinkId link) {
  w.see(link, fact::Device{true, "wwan0"});
  w.see(link, home());
  w.see(link, PacketService{.state = PacketServiceState::Attached, .rat = Rat::Lte});
}

TEST(EngineStandby, AWarmBackupIsReadyFromTheStartAndConnectedOnDoubt) {
  World w(two_links(Standby::Warm));
  w.start();
  EXPECT_THAT(w.all<PrepareLink>(),
              ElementsAre(PrepareLink{lte, LinkLevel::Up}, PrepareLink{wire, LinkLevel::Ready}));
  report_ready(w, wire);
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Ready);
  w.address(lte);
  w.answer(lte, true);
  w.advance(20s);
  EXPECT_TRUE(w.all<PrepareLink>().empty());
  w.answer(lte, false, 1);
  EXPECT_THAT(w.all<PrepareLink>(), ElementsAre(PrepareLink{wire, LinkLevel::Up}));
  EXPECT_EQ(w.engine.active(), lte) << "nothing to go to yet";
  w.see(wire, Bearer{IpFamily::V4, BearerState::Connecting, {}});
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Ready) << "on its way";
  w.see(wire, Bearer{IpFamily::V4, BearerState::Connected, {}});
  w.address(wire);
  w.see(lte, searching());
  EXPECT_EQ(w.engine.active(), wire);
}

TEST(EngineStandby, AWarmBackupTakesOverAsSoonAsItIsConnectedAfterADeath) {
  World w(two_links(Standby::Warm));
  w.start();
  report_ready(w, wire);
  w.address(lte);
  w.answer(lte, true);
  w.see(lte, searching());
  EXPECT_THAT(w.all<PrepareLink>(), ElementsAre(PrepareLink{wire, LinkLevel::Up}));
  EXPECT_EQ(w.engine.active(), lte);
  w.address(wire);
  EXPECT_EQ(w.engine.active(), wire);
  // It carries the traffic now: what ends it counts.
  w.see(wire, Bearer{IpFamily::V4, BearerState::Connected, {}});
  w.see(wire, Bearer{IpFamily::V4, BearerState::Disconnected, {}});
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Down);
}

TEST(EngineStandby, AWarmBackupGoesBackToReadyWhenCalm) {
  World w(two_links(Standby::Warm));
  w.start();
  report_ready(w, wire);
  w.address(lte);
  w.answer(lte, true);
  w.answer(lte, false, 1);
  w.see(wire, Bearer{IpFamily::V4, BearerState::Connected, {}});
  w.address(wire);
  w.answer(wire, true);
  w.answer(lte, true, 3);
  w.advance(15s);
  EXPECT_THAT(w.all<WithdrawConfig>(), ElementsAre(WithdrawConfig{wire}));
  EXPECT_THAT(w.all<PrepareLink>(), ElementsAre(PrepareLink{wire, LinkLevel::Ready}));
  EXPECT_TRUE(w.all<ReleaseLink>().empty());
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Ready);
  // What follows from our asking is no trouble.
  w.see(wire, Bearer{IpFamily::V4, BearerState::Disconnected, {}});
  w.see(wire, fact::AddressingLost{"not needed at the moment"});
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Ready);
  EXPECT_TRUE(w.all<WithdrawConfig>().empty()) << "it was withdrawn already";
  w.see(wire, searching());
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Down);
}

TEST(EngineStandby, AWarmBackupThatSeesNoWayUpIsNotReady) {
  World w(two_links(Standby::Warm));
  w.start();
  w.see(wire, Registration{.state = RegistrationState::Roaming, .rat = Rat::Lte});
  w.see(wire, fact::Trouble{Error{FailureClass::Permanent, "wire", "roaming is not allowed"}, {}});
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Down);
  w.see(wire, home());
  EXPECT_EQ(w.engine.health(wire).assess(w.now, {}).verdict, LinkVerdict::Ready);
}

TEST(EngineStandby, AWarmLinkThatHasNothingToWaitWithIsUsedAsIfHot) {
  World w(two_links(Standby::Warm));
  w.settle();  // it is addressed although nobody asked
  w.see(lte, searching());
  EXPECT_EQ(w.engine.active(), wire);
}

}  // namespace
}  // namespace mwan::failover
