// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

RedState wanted() {
  return {.iface = "usb0",
          .local = *IpAddress::parse("10.0.0.2"),
          .remote = *IpAddress::parse("10.0.0.1"),
          .dns = {*IpAddress::parse("10.0.0.53")}};
}
FoundRed as_wanted() {
  return {.iface = "usb0",
          .local = "10.0.0.2",
          .remote = "10.0.0.1",
          .active = true,
          .dns1 = "10.0.0.53\n",
          .dns2 = "\n",
          .route = "usb0"};
}
std::vector<Difference> some() { return {{Part::Route, "the default route goes by red0"}}; }
Doer machine(pid_t pid = 7) {
  return {.who = Who::Connectd,
          .within = Act::StopRed,
          .pid = pid,
          .culprit = pid,
          .words = "connectd"};
}
Doer person() {
  return {.who = Who::Person,
          .act = Act::StopRed,
          .within = Act::StopRed,
          .pid = 9,
          .culprit = 9,
          .words = "network stop red"};
}

class Rules : public testing::Test {
 protected:
  void SetUp() override { rules_.begin(false, false); }
  InterferenceRules rules_;
  Instant now_{1h};
};

TEST(RedDifferences, WhatIsRightIsNoDifference) {
  EXPECT_THAT(differences(wanted(), as_wanted(), false), IsEmpty());
  auto found = as_wanted();
  found.dns2.clear();
  found.route.reset();  // not known
  EXPECT_THAT(differences(wanted(), found, false), IsEmpty());
}

TEST(RedDifferences, ANewlineInIfaceIsOne) {
  auto found = as_wanted();
  found.iface += '\n';
  EXPECT_THAT(differences(wanted(), found, false), SizeIs(1));
}

TEST(RedDifferences, StoppedRedIsSeenInEveryFile) {
  const auto what = differences(wanted(), {.iface = "usb0", .route = ""}, false);
  EXPECT_THAT(what, SizeIs(5));  // two addresses, active, dns1, the route
}

TEST(RedDifferences, WhatFilesSayIsShownSafely) {
  auto found = as_wanted();
  found.local = "\x1b[2J\n" + std::string(200, 'x');
  const auto what = differences(wanted(), found, false);
  ASSERT_THAT(what, SizeIs(1));
  EXPECT_EQ(what[0].words.find('\x1b'), std::string::npos);
  EXPECT_LT(what[0].words.size(), 200U);
}

TEST(RedDifferences, OfIPFiresOwnBackupItKeepsTheAddress) {
  auto found = as_wanted();
  found.local = "10.0.0.77";
  found.dns1 = "10.0.0.54\n";
  found.keepconnected = true;
  EXPECT_THAT(differences(wanted(), found, true), IsEmpty());
  EXPECT_THAT(differences(wanted(), found, false), SizeIs(3));
}

TEST_F(Rules, MachineryIsRepairedAndAPersonIsRespected) {
  EXPECT_EQ(rules_.differs(some(), {machine()}, now_).verdict, Verdict::Repair);
  EXPECT_EQ(rules_.differs(some(), {}, now_).verdict, Verdict::Repair);
  EXPECT_EQ(rules_.differs({}, {person()}, now_).verdict, Verdict::Ignore);
  const auto decision = rules_.differs(some(), {machine(), person()}, now_);
  EXPECT_EQ(decision.verdict, Verdict::StandAside);
  EXPECT_THAT(decision.words, HasSubstr("network stop red stopped RED"));
  EXPECT_EQ(rules_.differs(some(), {machine()}, now_ + 24h).verdict, Verdict::Ignore);
  rules_.begin(false, false);
  EXPECT_EQ(rules_.differs(some(), {machine()}, now_).verdict, Verdict::Repair);
}

TEST_F(Rules, APersonIsRespectedBeforeAnythingHasChanged) {
  EXPECT_EQ(rules_.started(person(), now_).verdict, Verdict::StandAside);
}

TEST_F(Rules, ConnectdIsEndedBeforeItDoesAnything) {
  auto connectd = machine();
  connectd.act = connectd.within = Act::Connect;
  EXPECT_EQ(rules_.started(connectd, now_).verdict, Verdict::Repair);
  rules_.begin(false, true);  // IPFire runs the backup: it is its own connectd
  EXPECT_EQ(rules_.started(connectd, now_).verdict, Verdict::Ignore);
}

TEST_F(Rules, WhoeverInsistsIsNotFought) {
  for (pid_t pid = 1; pid <= 5; ++pid) {
    EXPECT_EQ(rules_.differs(some(), {machine(pid)}, now_).verdict, Verdict::Repair);
    now_ += 1s;
  }
  const auto decision = rules_.differs(some(), {machine(6)}, now_);
  EXPECT_EQ(decision.verdict, Verdict::StandAside);
  EXPECT_THAT(decision.words, HasSubstr("more than 5 times in 60 s"));
  ASSERT_TRUE(rules_.until());
  EXPECT_EQ(rules_.differs(some(), {machine(7)}, now_ + 9min).verdict, Verdict::Ignore);
  EXPECT_EQ(rules_.differs(some(), {machine(8)}, *rules_.until()).verdict, Verdict::Repair);
}

TEST_F(Rules, SlowTroubleIsRepairedForEver) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(rules_.differs(some(), {}, now_).verdict, Verdict::Repair);
    now_ += 13s;
  }
}

TEST_F(Rules, OneScriptIsOneQuarrelButNotForEver) {
  int repaired = 0;
  while (rules_.differs(some(), {machine()}, now_).verdict == Verdict::Repair) {
    ASSERT_LT(++repaired, 1000);
    now_ += 50ms;
  }
  EXPECT_EQ(repaired, 5 * 8);
}

TEST_F(Rules, SettingsBelongToWhoeverWritesThem) {
  EXPECT_EQ(rules_.settings_changed("ppp/settings", {machine()}).verdict, Verdict::Ignore);
  const auto decision = rules_.settings_changed("ppp/settings", {});
  EXPECT_EQ(decision.verdict, Verdict::StandAside);
  EXPECT_EQ(decision.words, "ppp/settings was changed");
}

TEST_F(Rules, KeepconnectedIsHowAUserDisconnects) {
  EXPECT_EQ(rules_.keepconnected(false, {}, now_).verdict, Verdict::Ignore);  // as before
  EXPECT_EQ(rules_.keepconnected(true, {}, now_).verdict, Verdict::Repair);   // connectd is back
  EXPECT_EQ(rules_.keepconnected(false, {}, now_).verdict, Verdict::Ignore);  // our own repair
  rules_.begin(true, true);
  EXPECT_EQ(rules_.keepconnected(false, {machine()}, now_).verdict, Verdict::Repair);
  EXPECT_EQ(rules_.keepconnected(true, {}, now_).verdict, Verdict::Ignore);
  EXPECT_EQ(rules_.keepconnected(false, {}, now_).verdict, Verdict::StandAside);
}

}  // namespace
}  // namespace mwan::failover::ipfire
