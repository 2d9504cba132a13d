// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/meters.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

constexpr LinkId kWired{0};
constexpr LinkId kLte{1};

Instant at(Duration d) { return Instant(d); }

class MetersTest : public ::testing::Test {
 protected:
  MetersTest() { meters.begin(now, policy()); }
  static Policy policy() {
    Policy out;
    out.links = {{.name = "wired", .priority = 1},
                 {.name = "lte", .kind = LinkKind::Modem, .priority = 2}};
    return out;
  }
  void see(LinkId link, const Fact& fact, const std::vector<Action>& actions = {}) {
    meters.take(now, Observation{link, fact}, actions, active);
  }
  Meters meters;
  Instant now = at(1000s);
  std::optional<LinkId> active;
};

TEST_F(MetersTest, TimeIsKeptByVerdict) {
  now = at(1000s + 10s);
  see(kWired, fact::Carrier{true}, {VerdictChange{kWired, LinkVerdict::Good, "well"}});
  now = at(1000s + 25s);
  const LinkMeter& wired = meters.links()[0];
  EXPECT_EQ(Meters::in_verdict(wired, LinkVerdict::Down, now), 10s);
  EXPECT_EQ(Meters::in_verdict(wired, LinkVerdict::Good, now), 15s);
  see(kWired, fact::Carrier{false}, {VerdictChange{kWired, LinkVerdict::Down, "no carrier"}});
  now = at(1000s + 30s);
  EXPECT_EQ(Meters::in_verdict(wired, LinkVerdict::Down, now), 15s);
  EXPECT_EQ(Meters::in_verdict(wired, LinkVerdict::Good, now), 15s);
  EXPECT_EQ(wired.reason, "no carrier");
}

TEST_F(MetersTest, StatesAreTimedAndSwitchesCounted) {
  active = kWired;
  meters.take(at(1000s + 1s), TimerFired{},
              {StateChange{State::Initializing, State::MonitoringPrimary, Trigger::Started, ""}},
              active);
  EXPECT_EQ(meters.switches(), 0U);  // the first link is no switch
  EXPECT_EQ(meters.links()[0].taken, 1U);
  active = kLte;
  meters.take(
      at(1005s), TimerFired{},
      {StateChange{State::MonitoringPrimary, State::MonitoringBackup, Trigger::StepDone, ""}},
      active);
  EXPECT_EQ(meters.switches(), 1U);
  EXPECT_EQ(meters.links()[1].taken, 1U);
  EXPECT_EQ(meters.in_state(State::Initializing, at(1009s)), 1s);
  EXPECT_EQ(meters.in_state(State::MonitoringPrimary, at(1009s)), 4s);
  EXPECT_EQ(meters.in_state(State::MonitoringBackup, at(1009s)), 4s);
  EXPECT_EQ(meters.state(), State::MonitoringBackup);
}

TEST_F(MetersTest, AReloadKeepsWhatWasCounted) {
  active = kLte;
  see(kLte, fact::Probe{.sent = 1, .answered = 1, .ok = true},
      {VerdictChange{kLte, LinkVerdict::Good, "well"}});
  see(kLte, fact::Probe{.sent = 1, .answered = 0, .ok = false});
  Policy other = policy();
  other.links.erase(other.links.begin());
  meters.begin(at(1010s), other);
  ASSERT_EQ(meters.links().size(), 1U);
  const LinkMeter& lte = meters.links()[0];
  EXPECT_EQ(lte.rounds_good, 1U);
  EXPECT_EQ(lte.rounds_lost, 1U);
  EXPECT_EQ(lte.verdict, LinkVerdict::Down);
  EXPECT_EQ(Meters::in_verdict(lte, LinkVerdict::Good, at(1011s)), 10s);
  meters.take(at(1000s + 11s), TimerFired{}, {}, LinkId{0});
  EXPECT_EQ(meters.switches(), 0U);  // the same link under another number
}

TEST_F(MetersTest, AnotherRunGoesOnCounting) {
  active = kWired;
  see(kWired, fact::Carrier{true});
  active = kLte;
  see(kWired, fact::Carrier{false});
  RunMemory left = meters.memory();
  EXPECT_EQ(left, (RunMemory{.penalty = 0, .switches = 1, .taken = {{"lte", 1}, {"wired", 1}}}));
  left.taken["unplugged"] = 4;

  Meters next;
  next.restore(left);
  next.begin(at(0s), policy());
  EXPECT_EQ(next.switches(), 1U);
  next.take(at(1s), TimerFired{}, {}, kLte);
  EXPECT_EQ(next.links()[1].taken, 2U);
  EXPECT_EQ(next.memory().taken["unplugged"], 4U) << "it may come back";
}

TEST_F(MetersTest, TheRadiosValuesGoWithTheRadio) {
  see(kLte, SignalSample{.rat = Rat::Lte, .rsrp_dbm = -90.0});
  see(kLte, SignalSample{.rat = Rat::NrNsa, .rsrp_dbm = -100.0});
  EXPECT_EQ(meters.links()[1].signal.size(), 2U);
  see(kLte, SignalSample{.rat = Rat::NrNsa});
  EXPECT_EQ(meters.links()[1].signal.size(), 1U);
  see(kLte, Registration{.state = RegistrationState::Searching});
  EXPECT_TRUE(meters.links()[1].signal.empty());
}

TEST_F(MetersTest, FactsOfUnknownLinksAreIgnored) {
  see(LinkId{7}, fact::Portal{true, "x"}, {VerdictChange{LinkId{7}, LinkVerdict::Good, ""}});
  active = LinkId{7};
  see(LinkId{7}, fact::Carrier{true});
  EXPECT_EQ(meters.links().size(), 2U);
}

}  // namespace
}  // namespace mwan::failover
