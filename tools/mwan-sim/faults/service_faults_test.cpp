// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults of the network, of sessions, of the packet format and of the SIM.
#include <gmock/gmock.h>

#include "tools/mwan-sim/faults/fault_fixture.hpp"

namespace mwan::sim::qmi {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr std::uint16_t kInternal = 3;
constexpr std::uint16_t kAborted = 4;
constexpr std::uint16_t kCallFailed = 14;
constexpr std::uint16_t kNoEffect = 26;
constexpr std::uint16_t kPinBlocked = 35;
constexpr std::uint16_t kInvalidTransition = 60;

class ServiceFaults : public FaultTest {
 protected:
  std::uint16_t set_mode(std::uint8_t mode) {
    TlvList tlvs;
    tlvs.add(0x01).u8(mode);
    return ask_dms(0x002E, std::move(tlvs)).error;
  }
  std::uint16_t verify_pin(const std::string& pin) {
    TlvList tlvs;
    tlvs.add(0x01).u8(1).u8(static_cast<std::uint8_t>(pin.size())).text(pin);
    return ask_dms(0x0028, std::move(tlvs)).error;
  }
  // The link layer and the uplink aggregation that the modem says are in force.
  std::vector<std::uint8_t> set_format(bool qmap) {
    const ClientId wda = allocate(ServiceId::Wda);
    TlvList tlvs;
    tlvs.add(0x11).u32(2);
    if (qmap) tlvs.add(0x12).u32(5);
    if (qmap) tlvs.add(0x13).u32(5);
    const auto answer = ask(ServiceId::Wda, wda, 0x0020, std::move(tlvs));
    EXPECT_EQ(answer.error, 0);
    release(ServiceId::Wda, wda);
    const Bytes link = answer.value(0x11);
    const Bytes aggregation = answer.value(0x12);
    if (link.empty() || aggregation.empty()) return {};
    return {link[0], aggregation[0]};
  }
};

TEST_F(ServiceFaults, TheNetworkDetachesAndTakesBack) {
  ASSERT_EQ(start().error, 0);
  fault("network-detach for=10s");
  EXPECT_TRUE(modem_->network().registered());
  EXPECT_FALSE(modem_->network().attached());
  EXPECT_FALSE(connected());
  EXPECT_TRUE(told_of_the_end());
  timers_.advance(10s);
  EXPECT_TRUE(modem_->network().attached());
}

TEST_F(ServiceFaults, NothingReconnectsUntilAReset) {
  fault("no-reconnect");
  ASSERT_EQ(start().error, 0);
  modem_->bearers().drop_all({EndCause::Network, 36});
  const auto again = start();
  EXPECT_EQ(again.error, kCallFailed);
  EXPECT_EQ(cause_of(again), 38U);
  power_cycle();
  EXPECT_EQ(start().error, 0);
}

TEST_F(ServiceFaults, AWrongApnIsRefusedWithItsCause) {
  fault("wrong-apn cause=27 apn=internet");
  const auto refused = start("wrong");
  EXPECT_EQ(refused.error, kCallFailed);
  EXPECT_EQ(cause_of(refused), 27U);
  EXPECT_EQ(start("internet").error, 0);
}

TEST_F(ServiceFaults, FiveQuickAttemptsBlockTheAttach) {
  fault("attach-blocked gap=2s time=60s apn=internet");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(cause_of(start("wrong")), 33U);
    EXPECT_TRUE(modem_->network().attached()) << i;
  }
  EXPECT_EQ(start("wrong").error, kCallFailed);
  EXPECT_FALSE(modem_->network().attached());
  EXPECT_EQ(start("internet").error, kCallFailed) << "the right one is blocked with it";
  timers_.advance(57s);
  EXPECT_FALSE(modem_->network().attached());
  timers_.advance(3s);
  EXPECT_TRUE(modem_->network().attached());
  EXPECT_EQ(start("internet").error, 0);
}

TEST_F(ServiceFaults, AttemptsFarEnoughApartAreNotBlocked) {
  fault("attach-blocked gap=2s time=60s apn=internet");
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(start("wrong").error, kCallFailed);
    timers_.advance(1500ms);  // with the second that asking takes
  }
  EXPECT_TRUE(modem_->network().attached());
}

TEST_F(ServiceFaults, RoamingIsRefusedUntilTheFaultEnds) {
  fault("roaming-refused");
  settle();
  EXPECT_EQ(modem_->network().state(), RegistrationState::Denied);
  EXPECT_EQ(modem_->network().reject_cause(), 13);
  modem_->set_coverage({RegistrationState::Roaming, {}});
  settle();
  EXPECT_EQ(modem_->network().state(), RegistrationState::Denied);
  end_fault("roaming-refused");
  settle();
  EXPECT_EQ(modem_->network().state(), RegistrationState::Roaming);
}

TEST_F(ServiceFaults, OnlyOneFamilyIsGranted) {
  fault("partial-grant");
  EXPECT_EQ(start("internet", 4).error, 0);
  EXPECT_EQ(cause_of(start("internet", 6)), 50U);
  fault("partial-grant what=ipv6");
  wds_ = allocate(ServiceId::Wds);
  EXPECT_EQ(cause_of(start("internet", 4)), 51U);
  EXPECT_EQ(start("internet", 6).error, 0);
}

TEST_F(ServiceFaults, AnAbortedStartLeavesItsSession) {
  fault("start-aborted");
  const auto aborted = start();
  EXPECT_EQ(aborted.error, kAborted);
  EXPECT_TRUE(aborted.value(0x01).empty()) << "no handle is told";
  EXPECT_TRUE(connected());
  EXPECT_EQ(start().error, kNoEffect);
  release(ServiceId::Wds, wds_);
  EXPECT_FALSE(connected());
  wds_ = allocate(ServiceId::Wds);
  EXPECT_EQ(start().error, 0);
}

TEST_F(ServiceFaults, TheEndOfASessionIsToldLate) {
  ASSERT_EQ(start().error, 0);
  fault("late-disconnect time=30s");
  modem_->bearers().drop_all({EndCause::Network, 36});
  timers_.advance(29s);
  EXPECT_FALSE(told_of_the_end());
  const Bytes status = ask(ServiceId::Wds, wds_, 0x0022).value(0x01);
  EXPECT_THAT(status, ElementsAre(1)) << "asked, it says disconnected";
  timers_.advance(1s);
  EXPECT_TRUE(told_of_the_end());
}

TEST_F(ServiceFaults, TheEndOfASessionIsNeverTold) {
  ASSERT_EQ(start().error, 0);
  fault("missing-disconnect");
  modem_->bearers().drop_all({EndCause::Network, 36});
  timers_.advance(60min);
  EXPECT_FALSE(told_of_the_end());
  end_fault("missing-disconnect");
  ASSERT_EQ(start().error, 0);
  modem_->bearers().drop_all({EndCause::Network, 36});
  EXPECT_TRUE(told_of_the_end());
}

TEST_F(ServiceFaults, PacketsWaitForRawIpToBeNegotiatedAgain) {
  ASSERT_EQ(start().error, 0);
  EXPECT_TRUE(modem_->carries(IpFamily::V4));
  fault("raw-ip-mismatch");
  EXPECT_FALSE(modem_->carries(IpFamily::V4));
  set_format(false);
  EXPECT_TRUE(modem_->carries(IpFamily::V4));
}

TEST_F(ServiceFaults, MultiplexingIsConfirmedAndCarriesNothing) {
  ASSERT_EQ(start().error, 0);
  EXPECT_THAT(set_format(true), ElementsAre(2, 0)) << "a modem without it says so";
  EXPECT_TRUE(modem_->carries(IpFamily::V4));
  fault("mux-broken");
  EXPECT_THAT(set_format(true), ElementsAre(2, 5));
  EXPECT_FALSE(modem_->carries(IpFamily::V4));
  EXPECT_THAT(set_format(false), ElementsAre(2, 0));
  EXPECT_TRUE(modem_->carries(IpFamily::V4));
}

TEST_F(ServiceFaults, BindDataPortFails) {
  for (const std::uint16_t message : {0x0089, 0x00A2}) {
    EXPECT_EQ(ask(ServiceId::Wds, wds_, message).error, 0);
  }
  fault("bind-data-port-broken");
  for (const std::uint16_t message : {0x0089, 0x00A2}) {
    EXPECT_EQ(ask(ServiceId::Wds, wds_, message).error, kInternal);
  }
}

TEST_F(ServiceFaults, AskingForPcoCrashesTheFirmware) {
  ASSERT_EQ(start().error, 0);
  fault("pco-crashes-firmware");
  const auto ask_settings = [this](std::uint32_t mask) {
    TlvList tlvs;
    tlvs.add(0x10).u32(mask);
    return ask(ServiceId::Wds, wds_, 0x002D, std::move(tlvs));
  };
  EXPECT_EQ(ask_settings(1U << 8 | 1U << 9).error, 0);
  EXPECT_FALSE(gone_for_);
  EXPECT_FALSE(ask_settings(1U << 8 | 1U << 10).came);
  EXPECT_EQ(gone_for_, modem_->settings().reset_time);
}

TEST_F(ServiceFaults, TransmissionIsStuckAndFreed) {
  fault("transmit-stuck for=5s");
  EXPECT_THAT(stuck_, ElementsAre(true));
  EXPECT_TRUE(ask_dms().came) << "the control channel works";
  timers_.advance(5s);
  EXPECT_THAT(stuck_, ElementsAre(true, false));
}

TEST_F(ServiceFaults, UnlockingLooksLikeAnotherCard) {
  ModemSettings settings;
  settings.pin = "1234";
  begin_with(settings);
  fault("unlock-looks-like-swap time=5s");
  EXPECT_EQ(verify_pin("1234"), 0);
  const auto uim_state = [this] { return ask_dms(0x0044).value(0x01); };
  EXPECT_THAT(uim_state(), ElementsAre(2)) << "absent";
  timers_.advance(5s);
  EXPECT_THAT(uim_state(), ElementsAre(0)) << "ready, and still unlocked";
  settle();
  EXPECT_TRUE(modem_->network().registered());
}

TEST_F(ServiceFaults, TheNetworkTakesTheSimForIllegal) {
  fault("sim-illegal");
  settle();
  EXPECT_EQ(modem_->network().state(), RegistrationState::Denied);
  EXPECT_EQ(modem_->network().reject_cause(), 3);
  const ClientId uim = allocate(ServiceId::Uim);
  const Bytes card = ask(ServiceId::Uim, uim, 0x002F).value(0x10);
  constexpr std::size_t kStateAt = 16;  // after 4 slots u16, count, card with 5 bytes, count, type
  ASSERT_GT(card.size(), kStateAt);
  EXPECT_EQ(card[kStateAt], 6);
}

TEST_F(ServiceFaults, OneTryForThePinIsLeft) {
  fault("pin-tries-low");
  EXPECT_FALSE(modem_->network().registered());
  EXPECT_THAT(ask_dms(0x002B).value(0x11), ElementsAre(1, 1, 10));
  EXPECT_EQ(verify_pin("0000"), kPinBlocked);
}

TEST_F(ServiceFaults, ThePukIsNeeded) {
  fault("puk-required");
  EXPECT_THAT(ask_dms(0x002B).value(0x11), ElementsAre(4, 0, 10));
  EXPECT_EQ(verify_pin("1234"), kPinBlocked);
  TlvList tlvs;
  tlvs.add(0x01).u8(1).u8(8).text("12345678").u8(4).text("4321");
  EXPECT_EQ(ask_dms(0x0029, std::move(tlvs)).error, 0);
  settle();
  EXPECT_TRUE(modem_->network().registered());
}

TEST_F(ServiceFaults, TheRadioIsLockedUntilTheHostHasProvenItself) {
  fault("fcc-lock");
  EXPECT_THAT(ask_dms(0x002D).value(0x01), ElementsAre(1)) << "low power";
  EXPECT_EQ(set_mode(0), kInvalidTransition);
  EXPECT_EQ(ask_dms(0x555F).error, 0);
  EXPECT_EQ(set_mode(0), 0);
  settle();
  EXPECT_TRUE(modem_->network().registered());
  power_cycle();
  EXPECT_THAT(ask_dms(0x002D).value(0x01), ElementsAre(1)) << "locked again";
  EXPECT_EQ(set_mode(0), kInvalidTransition);
}

}  // namespace
}  // namespace mwan::sim::qmi
