// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults of the control channel: requests, answers, client ids, resets.
#include <gmock/gmock.h>

#include "tools/mwan-sim/faults/fault_fixture.hpp"

namespace mwan::sim::qmi {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr std::uint16_t kExhausted = 5;
constexpr std::uint16_t kInvalidClientId = 7;

using ControlFaults = FaultTest;

TEST_F(ControlFaults, RequestsHangUntilTheFaultEnds) {
  fault("request-hangs");
  EXPECT_FALSE(ask_dms().came);
  EXPECT_FALSE(ask_ctl(0x0021).came);
  end_fault("request-hangs");
  EXPECT_TRUE(ask_dms().came);
  EXPECT_THAT(said_, ElementsAre("fault ends: request-hangs"));
}

TEST_F(ControlFaults, OneRequestHangsAndIndicationsGoOn) {
  TlvList report;
  report.add(0x14).u8(1);
  ask_dms(0x0001, std::move(report));
  fault("request-hangs on=dms.get-model");
  EXPECT_FALSE(ask_dms().came);
  EXPECT_TRUE(ask_dms(0x0021).came);
  modem_->set_mode(OperatingMode::LowPower);
  EXPECT_TRUE(indication());
}

TEST_F(ControlFaults, AFaultThatLastsEndsByItself) {
  fault("request-hangs for=3s");
  EXPECT_FALSE(ask_dms().came);
  timers_.advance(3s);
  EXPECT_TRUE(ask_dms().came);
  EXPECT_FALSE(is_on("request-hangs"));
}

TEST_F(ControlFaults, SoManyRequestsTimeOut) {
  fault("consecutive-timeouts times=3");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(ask_dms().came) << i;
  EXPECT_TRUE(ask_dms().came);
  EXPECT_FALSE(is_on("consecutive-timeouts"));
  EXPECT_EQ(stack_->books().swallowed, 3U);
}

TEST_F(ControlFaults, TheFirstCommandAfterABootIsSwallowed) {
  fault("first-command-swallowed");
  EXPECT_FALSE(ask_dms().came);
  EXPECT_TRUE(ask_dms().came);
  modem_->power_down();
  modem_->power_up();
  settle();
  EXPECT_FALSE(ask_dms().came);
  EXPECT_TRUE(ask_dms().came);
}

TEST_F(ControlFaults, TheNetworkServiceRunsOutOfClientIds) {
  fault("client-ids-exhausted");
  TlvList tlvs;
  tlvs.add(0x01).u8(static_cast<std::uint8_t>(ServiceId::Nas));
  for (int taken = 1; taken < 10; ++taken) EXPECT_NE(allocate(ServiceId::Nas), 0) << taken;
  EXPECT_EQ(ask_ctl(0x0022, std::move(tlvs)).error, kExhausted);
  EXPECT_NE(allocate(ServiceId::Dms), 0);
  EXPECT_EQ(release(ServiceId::Nas, nas_), 0);
  EXPECT_NE(allocate(ServiceId::Nas), 0);
}

TEST_F(ControlFaults, AReleaseRightBeforeTheHangUpIsLost) {
  fault("release-lost-on-hangup");
  EXPECT_EQ(release(ServiceId::Nas, nas_), 0) << "who waits for the answer has it";
  // Release CID of the DMS client, and the connection is closed at once.
  stack_->receive(kHost,
                  Bytes{0x01, 0x10, 0, 0, 0, 0, 0, 0x77, 0x23, 0, 5, 0, 0x01, 2, 0, 2, dms_});
  stack_->closed(kHost);
  timers_.advance(1s);
  EXPECT_EQ(stack_->clients().open(ServiceId::Dms), 1U);
  EXPECT_EQ(stack_->clients().disowned(ServiceId::Dms), 1U);
}

TEST_F(ControlFaults, TheModemVanishesWithARequestUnderWay) {
  fault("vanishes-mid-transaction on=dms.get-model time=3s");
  EXPECT_TRUE(ask_dms(0x0021).came);
  EXPECT_FALSE(gone_for_);
  EXPECT_FALSE(ask_dms().came);
  EXPECT_EQ(gone_for_, 3s);
  EXPECT_FALSE(modem_->powered());
  timers_.advance(3s);
  EXPECT_TRUE(modem_->powered());
  open(kHost);
  EXPECT_EQ(ask_dms().error, kInvalidClientId);
}

TEST_F(ControlFaults, TheProxyDiesAndTheModemKeepsItsIds) {
  fault("proxy-death time=2s");
  EXPECT_EQ(proxy_away_, 2s);
  EXPECT_EQ(stack_->clients().disowned(ServiceId::Dms), 1U);
  EXPECT_TRUE(is_on("proxy-death"));
  timers_.advance(2s);
  EXPECT_FALSE(is_on("proxy-death"));
  open(kHost);
  EXPECT_EQ(ask_dms().error, 0);
}

TEST_F(ControlFaults, LengthsLie) {
  keep_raw_ = true;
  const auto asked = [this](const char* words) {
    raw_.clear();
    fault(words);
    ask_dms();
    return raw_.empty() ? Bytes{} : raw_.back();
  };
  const Bytes message = asked("malformed-lengths");
  ASSERT_GT(message.size(), 15U);
  const auto parsed = parse_frame(message);
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->intact);
  EXPECT_EQ(message[11] | message[12] << 8, 0x7FFF);

  const Bytes tlv = asked("malformed-lengths what=tlv");
  ASSERT_TRUE(parse_frame(tlv));
  EXPECT_FALSE(parse_frame(tlv)->intact);
  EXPECT_EQ(tlv[14] | tlv[15] << 8, 0x7FFF);

  const Bytes frame = asked("malformed-lengths what=frame");
  EXPECT_FALSE(parse_frame(frame));
  QmuxStream stream;
  stream.feed(frame);
  EXPECT_FALSE(stream.next()) << "the rest of the frame is waited for";

  keep_raw_ = false;
  EXPECT_TRUE(ask_dms().came) << "only so many answers lie";
}

TEST_F(ControlFaults, ASilentResetForgetsClientsAndSessions) {
  ASSERT_EQ(start().error, 0);
  fault("silent-reset");
  EXPECT_FALSE(connected());
  EXPECT_EQ(modem_->network().state(), RegistrationState::NotRegistered);
  EXPECT_EQ(ask_dms().error, kInvalidClientId) << "the connection is still there";
  EXPECT_THAT(hung_up_, ElementsAre());
  EXPECT_FALSE(is_on("silent-reset"));
  settle();
  EXPECT_TRUE(modem_->network().attached());
  take_clients();
  EXPECT_EQ(ask_dms().error, 0);
}

TEST_F(ControlFaults, AfterASilentResetOldClientsMayMeetSilence) {
  fault("silent-reset what=silent");
  EXPECT_FALSE(ask_dms().came);
  const ClientId old = dms_;
  take_clients();
  EXPECT_NE(dms_, old);
  EXPECT_EQ(ask_dms().error, 0);
}

TEST_F(ControlFaults, NothingButAPowerCycleHelps) {
  fault("needs-power-cycle");
  EXPECT_FALSE(ask_dms().came);
  TlvList reset;
  reset.add(0x01).u8(4);
  EXPECT_FALSE(ask_dms(0x002E, std::move(reset)).came);
  EXPECT_THAT(restarts_, ElementsAre());
  modem_->restart_in_place();
  settle();
  EXPECT_FALSE(ask_ctl(0x0021).came);
  power_cycle();
  EXPECT_TRUE(ask_dms().came);
  EXPECT_FALSE(is_on("needs-power-cycle"));
}

TEST_F(ControlFaults, ASecondManagerTakesEveryOtherMessage) {
  fault("second-manager");
  int came = 0;
  for (int i = 0; i < 10; ++i) came += static_cast<int>(ask_dms().came);
  EXPECT_EQ(came, 5);
}

TEST_F(ControlFaults, AnswersAreSlowAfterAnUpgrade) {
  fault("slow-after-upgrade time=2500ms");
  EXPECT_FALSE(ask_dms().came) << "within a second";
  keep_raw_ = true;
  timers_.advance(1400ms);
  EXPECT_TRUE(raw_.empty());
  timers_.advance(200ms);
  EXPECT_EQ(raw_.size(), 1U);
}

TEST_F(ControlFaults, RecoveryTakesItsTime) {
  const Duration usual = 3s;
  EXPECT_EQ(modem_->faults().reset_time(usual), usual);
  fault("slow-recovery time=20m");
  fault("pco-crashes-firmware");
  ASSERT_EQ(start().error, 0);
  TlvList tlvs;
  tlvs.add(0x10).u32(1U << 10);
  ask(ServiceId::Wds, wds_, 0x002D, std::move(tlvs));
  EXPECT_EQ(gone_for_, 20min);
}

TEST_F(ControlFaults, AfterASuspendNothingIsAsTheHostBelieves) {
  TlvList report;
  report.add(0x14).u8(1);
  ask_dms(0x0001, std::move(report));
  const auto session = start();
  ASSERT_EQ(session.error, 0);
  indications();
  fault("stale-after-suspend");
  EXPECT_FALSE(told_of_the_end());
  EXPECT_FALSE(connected());
  EXPECT_EQ(ask_dms().error, 0) << "client ids stay";
  modem_->set_mode(OperatingMode::LowPower);
  EXPECT_FALSE(indication()) << "nobody is subscribed any more";
  modem_->set_mode(OperatingMode::Online);
  settle();
  ASSERT_EQ(start().error, 0);
  TlvList stop;
  stop.add(0x01).bytes(session.value(0x01));
  constexpr std::uint16_t kInvalidHandle = 9;
  EXPECT_EQ(ask(ServiceId::Wds, wds_, 0x0021, std::move(stop)).error, kInvalidHandle);
}

// What the device makes of it is its own test; here: when it ends.
TEST_F(ControlFaults, AStormOfUsbErrorsEndsWithResetsOfTheBusOrWithoutPower) {
  fault("usb-error-storm what=stall time=20ms times=2");
  ASSERT_EQ(storms_.size(), 1U);
  ASSERT_TRUE(storms_.front());
  EXPECT_EQ(storms_.front()->how, usb::Completion::Stall);
  EXPECT_EQ(storms_.front()->pace, std::chrono::milliseconds(20));
  player_->bus_reset();
  EXPECT_TRUE(is_on("usb-error-storm"));
  player_->bus_reset();
  EXPECT_FALSE(is_on("usb-error-storm"));
  ASSERT_EQ(storms_.size(), 2U);
  EXPECT_FALSE(storms_.back());
  fault("usb-error-storm");
  power_cycle();
  EXPECT_FALSE(is_on("usb-error-storm"));
  // The one that only a power cycle cures does not care.
  fault("needs-power-cycle");
  player_->bus_reset();
  EXPECT_TRUE(is_on("needs-power-cycle"));
}

}  // namespace
}  // namespace mwan::sim::qmi
