// SPDX-License-Identifier: LGPL-2.1-or-later
// What the driver makes of a network and a modem that fail.
#include <gmock/gmock.h>

#include "modems/lab/modem_lab.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Network : public ModemLab {
 protected:
  void up() {
    start();
    ASSERT_TRUE(until_fact("addressing ")) << log();
    facts_.clear();
  }
};

TEST_F(Network, DetachTakesTheBearerAndAttachBringsItBack) {
  simulate("start=signal\n" + steady("at 0s packet-service detach\n"
                                     "trigger\nat 0s packet-service attach\n"));
  up();
  trigger();
  EXPECT_TRUE(until_fact("packet-service detached")) << log();
  EXPECT_TRUE(until_fact("bearer ipv4 disconnected")) << log();
  EXPECT_TRUE(until_fact("addressing-lost")) << log();
  EXPECT_TRUE(until_fact("trouble lte: qmi packet-service: registered, but")) << log();
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, ADroppedBearerIsStartedAgain) {
  simulate("start=signal\n" + steady("at 0s bearer drop cause=38\n"));
  up();
  trigger();
  EXPECT_TRUE(
      until_fact("bearer ipv4 disconnected: lte: qmi bearer ipv4: disconnected: 3GPP cause "
                 "38 (network failure)"))
      << log();
  EXPECT_TRUE(until_fact("addressing-lost")) << log();
  EXPECT_TRUE(until_fact("bearer ipv4 connected")) << log();
  EXPECT_TRUE(until_fact("addressing 10.64.0.2/30")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, RenumberingReplacesTheAddress) {
  simulate("start=signal\n" + steady("at 0s renumber ipv4=10.99.0.6/30 gateway=10.99.0.5\n"));
  up();
  trigger();
  EXPECT_TRUE(until_fact("addressing 10.99.0.6/30")) << log();
  EXPECT_FALSE(told("bearer ipv4 disconnected")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, LosingTheRegistrationIsToldAtOnce) {
  simulate("start=signal\n" + steady("at 0s registration searching\n"
                                     "trigger\nat 0s registration home\n"));
  up();
  trigger();
  EXPECT_TRUE(until_fact("registration searching")) << log();
  EXPECT_TRUE(until_fact("packet-service detached")) << log();
  trigger();
  EXPECT_TRUE(until_fact("registration home")) << log();
  EXPECT_TRUE(until([&] { return modem_ && told("packet-service attached"); })) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, ARefusedApnIsNamedAndTriedAgainSlowly) {
  simulate("start=signal\n" + steady("refuse-connect cause=33\nat 0s accept-connect\n"));
  start();
  ASSERT_TRUE(
      until_fact("trouble lte: qmi start-network ipv4: CallFailed, 3GPP cause 33 (requested "
                 "service option not subscribed): check the APN"))
      << log();
  const auto* trouble = last<fact::Trouble>();
  ASSERT_NE(trouble, nullptr);
  EXPECT_EQ(trouble->error.failure, FailureClass::Permanent);
  EXPECT_EQ(trouble->retry_in, Duration(300ms));
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, ARefusedRegistrationIsNamed) {
  simulate("start=signal\n" + steady("registration denied cause=11\nat 0s registration home\n"));
  start();
  ASSERT_TRUE(
      until_fact("trouble lte: qmi registration: denied by the network: EMM cause 11 (PLMN "
                 "not allowed)"))
      << log();
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Network, RoamingOnlyWhereAllowed) {
  simulate("visited-plmn=26201\n" + steady("registration roaming\n"));
  start();
  ASSERT_TRUE(until_fact("trouble lte: qmi registration: roaming on ")) << log();
  EXPECT_FALSE(told("bearer")) << log();
  stop();
  modem_.reset();
  facts_.clear();
  config_.roaming_allowed = true;
  start();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  EXPECT_TRUE(told("registration roaming 26201")) << log();
  stop();
  expect_nothing_left();
}

class Faults : public Network {};

TEST_F(Faults, NobodyListens) {
  start();
  ASSERT_TRUE(until([&] { return count("trouble") >= 2; })) << log();
  EXPECT_TRUE(told("trouble lte: qmi open: nothing listens on the proxy socket \"mwan-lab\""));
  EXPECT_EQ(count("device gone"), 1U) << log();
  simulate(steady());
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, UnpluggedAndPluggedAgain) {
  simulate("start=signal\n" + steady("at 0s unplug\ntrigger\nat 0s plug\n"));
  up();
  trigger();
  ASSERT_TRUE(until_fact("device gone")) << log();
  EXPECT_TRUE(until_fact("trouble ")) << log();
  EXPECT_TRUE(told("bearer ipv4 disconnected")) << log();
  EXPECT_TRUE(told("addressing-lost")) << log();
  const auto* trouble = last<fact::Trouble>();
  ASSERT_NE(trouble, nullptr);
  EXPECT_EQ(trouble->error.failure, FailureClass::Gone);
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  EXPECT_TRUE(told("device wwan0")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, AModemThatHangsIsOpenedAgain) {
  config_.timings.cross_check = 300ms;
  config_.timings.request = 300ms;
  simulate("start=signal\n" + steady("at 0s hang\ntrigger\nat 0s resume\n"));
  up();
  trigger();
  ASSERT_TRUE(until_fact("trouble ")) << log();
  EXPECT_THAT(log(), HasSubstr("the modem hangs: 3 requests in a row without an answer"));
  EXPECT_TRUE(told("addressing-lost")) << log();
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, ASilentBearerIsFoundByTheCrossCheck) {
  config_.timings.cross_check = 200ms;
  simulate("start=signal\n" + steady("at 0s signal lte rsrp=-99\n"));
  up();
  const std::size_t asked = requests("wds.get-packet-service-status");
  EXPECT_TRUE(until([&] { return requests("wds.get-packet-service-status") > asked + 1; }));
  EXPECT_FALSE(told("trouble")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, StoppedWhileTheNetworkStarts) {
  simulate("bearer-delay=1s\n" + steady());
  start();
  ASSERT_TRUE(until_fact("bearer ipv4 connecting")) << log();
  ASSERT_TRUE(until([&] { return requests("wds.start-network") == 1; })) << log();
  stop();
  expect_nothing_left();
  turn(1500ms);  // what the start would have brought
  expect_nothing_left();
}

TEST_F(Faults, AStartThatIsNeverAnsweredIsGivenUp) {
  config_.timings.start_network = 300ms;
  simulate("start=signal\n" + steady("hang-on wds.start-network\nat 0s resume\n"));
  start();
  ASSERT_TRUE(until_fact("trouble lte: qmi start-network ipv4: no answer within 300 ms")) << log();
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

// Every answer comes after we stopped waiting for it: the ids must go back all the same, within the
// cleanup and after it.
TEST_F(Faults, LateClientIdsAreGivenBack) {
  config_.timings.request = 200ms;
  for (const Duration budget : {Duration(1s), Duration(20ms)}) {
    config_.timings.cleanup_budget = budget;
    simulate("reply-latency=400ms\n" + steady());
    facts_.clear();
    modem_.reset();
    start();
    ASSERT_TRUE(until([&] { return count("trouble") >= 2; })) << log();
    EXPECT_TRUE(told("trouble lte: qmi allocate-client-id dms: no answer within 200 ms")) << log();
    stop();
    turn(1s);  // for the answers to what was asked last
    expect_nothing_left();
    EXPECT_GE(books()["clients"].value("allocated", 0), 2) << books().dump(2);
    end_simulator();
  }
}

TEST_F(Faults, NoClientIdsLeft) {
  simulate("client-ids-max=1\n" + steady());
  config_.ip_type = IpType::V4V6;  // needs two of one service
  start();
  ASSERT_TRUE(until_fact("trouble lte: qmi allocate-client-id wds: ClientIdsExhausted")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, TheSimIsPulledAndPutBack) {
  simulate("start=signal\n" + steady("at 0s sim remove\ntrigger\nat 0s sim insert\n"));
  up();
  trigger();
  ASSERT_TRUE(until_fact("trouble lte: qmi card-status: the SIM was removed")) << log();
  ASSERT_TRUE(until_fact("trouble lte: qmi sim: no SIM")) << log();
  trigger();
  EXPECT_TRUE(until_fact("addressing ")) << log();
  stop();
  expect_nothing_left();
}

TEST_F(Faults, DestroyedWithoutStop) {
  simulate(steady());
  start();
  ASSERT_TRUE(until_fact("bearer ipv4 connecting")) << log();
  modem_.reset();
  turn(300ms);
  start();
  ASSERT_TRUE(until_fact("addressing ")) << log();
  modem_.reset();
  turn(100ms);
}

}  // namespace
}  // namespace mwan::modem
