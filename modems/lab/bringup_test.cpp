// SPDX-License-Identifier: LGPL-2.1-or-later
// What the driver reports while all is well, and how it leaves.
#include <algorithm>

#include <gmock/gmock.h>

#include "modems/lab/modem_lab.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class BringUp : public ModemLab {};

TEST_F(BringUp, TellsTheFactsInOrderAndLeavesNothing) {
  simulate(steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  std::vector<std::string> order;
  for (const Fact& fact : facts_) {
    if (!std::holds_alternative<SignalSample>(fact) && !std::holds_alternative<CellReport>(fact)) {
      order.push_back(words(fact));
    }
  }
  const std::vector<std::string> after_registration = {
      "registration home 00101 lte", "packet-service attached", "bearer ipv4 connecting",
      "bearer ipv4 connected", "addressing 10.64.0.2/30 -"};
  ASSERT_GE(order.size(), after_registration.size() + 1) << log();
  EXPECT_EQ(order.front(), "device wwan0");
  EXPECT_TRUE(std::equal(after_registration.rbegin(), after_registration.rend(), order.rbegin()))
      << log();
  EXPECT_TRUE(told("signal lte"));
  EXPECT_TRUE(until_fact("cells 1")) << log();
  EXPECT_FALSE(told("trouble")) << log();
  stop();
  EXPECT_TRUE(told("addressing-lost")) << log();
  expect_nothing_left();
}

TEST_F(BringUp, StartsAgainAfterStop) {
  simulate(steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  stop();
  facts_.clear();
  start();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  EXPECT_EQ(words(facts_.front()), "device wwan0");
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, BothFamilies) {
  config_.ip_type = IpType::V4V6;
  simulate("ipv6-address=2001:db8:7::2/64\n" + steady());
  start();
  ASSERT_TRUE(until_fact("addressing 10.64.0.2/30 2001:db8:7::2/64")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, AFamilyThatIsNotGrantedIsNoTrouble) {
  config_.ip_type = IpType::V4V6;
  simulate("grants=ipv4\n" + steady());
  start();
  ASSERT_TRUE(until_fact("addressing 10.64.0.2/30 -")) << log();
  ASSERT_TRUE(until_fact("bearer ipv6 disconnected")) << log();
  turn(500ms);
  EXPECT_EQ(requests("wds.start-network"), 2U) << log();
  EXPECT_FALSE(told("trouble")) << log();
  EXPECT_THAT(log(), HasSubstr("3GPP cause 50"));
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, SetsWhatTheModemWasFoundWith) {
  simulate(
      "operating-mode=low-power\ndata-format=802-3\nwda-needs-endpoint=yes\nautoconnect=yes\n" +
      steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_EQ(requests("dms.set-operating-mode"), 1U);
  EXPECT_GE(requests("wda.set-data-format"), 1U);
  EXPECT_EQ(requests("wds.set-autoconnect-settings"), 1U);
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, AModemThatMisreportsPacketServiceIsNotBelieved) {
  config_.quirk_overrides.misreports_packet_service = true;
  simulate(steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_FALSE(told("packet-service")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, AModemThatNeedsToSettleIsLeftAloneFirst) {
  config_.quirk_overrides.settle = 1500ms;
  simulate(steady());
  start();
  turn(500ms);
  EXPECT_TRUE(requests().empty()) << requests().front();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(BringUp, TheSimIsAskedForThroughDmsWhereUimCannot) {
  simulate(steady("at 0s fail-on uim.get-card-status error=94 times=1\n"));
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_FALSE(told("trouble")) << log();
  EXPECT_EQ(requests("dms.uim-get-state"), 1U);
  stop();
  expect_nothing_left();
}

class Pin : public ModemLab {};

TEST_F(Pin, IsVerifiedOnce) {
  config_.pin = Secret("4711");
  simulate("pin=4711\n" + steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_EQ(requests("uim.verify-pin"), 1U);
  stop();
  expect_nothing_left();
}

TEST_F(Pin, GoesThroughDmsWhereUimCannot) {
  config_.pin = Secret("4711");
  simulate("pin=4711\n" + steady("fail-on uim.get-card-status error=94 times=9\n"
                                 "fail-on uim.verify-pin error=94 times=1\n"));
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_EQ(requests("dms.uim-verify-pin"), 1U);
  stop();
  expect_nothing_left();
}

TEST_F(Pin, AWrongOneIsNeverSentAgain) {
  config_.pin = Secret("0000");
  simulate("pin=4711\n" + steady());
  start();
  ASSERT_TRUE(until([&] { return count("trouble") >= 3; })) << log();
  EXPECT_EQ(requests("uim.verify-pin"), 1U);
  EXPECT_TRUE(
      told("trouble lte: qmi verify-pin: the PIN of the settings is wrong, 2 tries are left"))
      << log();
  EXPECT_TRUE(told("trouble lte: qmi verify-pin: the PIN of the settings was refused")) << log();
  EXPECT_EQ(log().find("0000"), std::string::npos);
  stop();

  // Another driver, which does not remember: two tries are left, and stay.
  modem_.reset();
  facts_.clear();
  start();
  ASSERT_TRUE(until_fact("trouble lte: qmi verify-pin: only 2 tries are left")) << log();
  EXPECT_EQ(requests("uim.verify-pin"), 1U);
  stop();
  expect_nothing_left();
}

TEST_F(Pin, MissingOneIsNamed) {
  simulate("pin=4711\n" + steady());
  start();
  EXPECT_TRUE(until_fact("trouble lte: qmi verify-pin: the SIM asks for its PIN")) << log();
  stop();
  expect_nothing_left();
}

class Radio : public ModemLab {
 protected:
  [[nodiscard]] double rsrp() const {
    const auto* sample = last<SignalSample>();
    return sample != nullptr ? sample->rsrp_dbm.value_or(0) : 0;
  }
};

TEST_F(Radio, ADropIsToldWithoutAsking) {
  simulate("start=signal\n" + steady("at 0s signal lte rsrp=-104 rsrq=-12 sinr=3\n"));
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  ASSERT_TRUE(until([&] { return rsrp() == -85.0; })) << log();
  turn(300ms);
  const std::size_t asked = requests("nas.get-signal-info");
  trigger();
  EXPECT_TRUE(until([&] { return rsrp() == -104.0; })) << log();
  EXPECT_EQ(requests("nas.get-signal-info"), asked);
  // and the neighbours follow, because it changed notably
  const std::size_t cells = count("cells");
  EXPECT_TRUE(until([&] { return count("cells") > cells; })) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Radio, OlderModemsHaveTheirOwnThresholds) {
  simulate("start=signal\n" + steady("at 0s fail-on nas.config-signal-info-v2 error=71 times=9\n"
                                     "trigger\nat 0s signal lte rsrp=-118 rsrq=-18 sinr=-4\n"));
  trigger();
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_GE(requests("nas.config-signal-info"), 1U);
  const std::size_t asked = requests("nas.get-signal-info");
  trigger();
  EXPECT_TRUE(until([&] { return rsrp() == -118.0; })) << log();
  EXPECT_EQ(requests("nas.get-signal-info"), asked);
  stop();
}

TEST_F(Radio, IsAskedForWhereNoThresholdIsTaken) {
  config_.signal.poll_interval = 100ms;
  simulate("start=signal\n" + steady("at 0s fail-on nas.config-signal-info-v2 error=71 times=9\n"
                                     "at 0s fail-on nas.config-signal-info error=71 times=9\n"
                                     "at 0s fail-on nas.set-event-report error=71 times=9\n"
                                     "trigger\nat 0s signal lte rsrp=-118 rsrq=-18 sinr=-4\n"));
  trigger();
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  ASSERT_TRUE(until([&] { return requests("nas.get-signal-info") >= 4; })) << log();
  trigger();
  EXPECT_TRUE(until([&] { return rsrp() == -118.0; })) << log();
  stop();
}

TEST_F(Radio, NrBesideLte) {
  simulate("rat lte+nr\nsignal nr rsrp=-95 rsrq=-11 sinr=9\n" + steady());
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  EXPECT_TRUE(told("signal nr-nsa")) << log();
  EXPECT_FALSE(told("signal nr-sa")) << log();
  stop();
}

}  // namespace
}  // namespace mwan::modem
