// SPDX-License-Identifier: LGPL-2.1-or-later
// Device, SIM, network and signal as a host sees them.
#include <gmock/gmock.h>

#include "tools/mwan-sim/mbim/stack_fixture.hpp"
#include "tools/mwan-sim/mbim/utf16.hpp"

namespace mwan::sim::mbim {
namespace {

class MbimServices : public MbimStackTest {
 protected:
  Bytes pin(std::uint32_t type, const char* pin, const char* new_pin = "") {
    return InfoWriter().u32(type).u32(0).text(pin).text(new_pin).done();
  }
};

TEST_F(MbimServices, SubscriberReadyStatusFollowsTheCard) {
  build();
  EXPECT_EQ(word(must(query(ref::kSubscriberReadyStatus)), 0), 1U);  // initialized
  forget();
  modem_->set_sim_present(false);
  EXPECT_EQ(word(must(indication(ref::kSubscriberReadyStatus)), 0), 2U);  // not inserted
  EXPECT_EQ(must(query(ref::kHomeProvider)).value, code(Status::SimNotInserted));
  EXPECT_EQ(must(query(ref::kPin)).value, code(Status::SimNotInserted));
}

TEST_F(MbimServices, ReadyStatusHasFlagsFromVersion3On) {
  build();
  const Message v1 = must(query(ref::kSubscriberReadyStatus));
  agree(kVersion3);
  const Message v3 = must(query(ref::kSubscriberReadyStatus));
  EXPECT_EQ(v3.info.size(), v1.info.size() + 4);
  EXPECT_EQ(word(v3, 1), 6U);  // removability known, removable
}

TEST_F(MbimServices, ALockedCardNeedsItsPin) {
  ModemSettings settings;
  settings.pin = "1234";
  build(settings);
  EXPECT_EQ(word(must(query(ref::kSubscriberReadyStatus)), 0), 6U);  // locked
  EXPECT_EQ(must(set(ref::kConnect, connect_info(0, true, 1))).value, code(Status::PinRequired));
  const Message wrong = must(set(ref::kPin, pin(2, "9999")));
  EXPECT_EQ(wrong.value, code(Status::Failure));
  EXPECT_EQ(word(wrong, 2), 2U) << "tries left";
  EXPECT_EQ(must(set(ref::kPin, pin(2, "1234"))).value, 0U);
  settle();
  EXPECT_EQ(word(must(query(ref::kRegisterState)), 1), 3U);  // home
}

TEST_F(MbimServices, ABlockedCardNeedsItsPuk) {
  ModemSettings settings;
  settings.pin = "1234";
  build(settings);
  for (int i = 0; i < 3; ++i) set(ref::kPin, pin(2, "9999"));
  const Message state = must(query(ref::kPin));
  EXPECT_EQ(word(state, 0), 11U);  // PUK1
  EXPECT_EQ(word(state, 2), 10U);
  EXPECT_EQ(must(set(ref::kPin, pin(11, "12345678", "4321"))).value, 0U);
  EXPECT_EQ(word(must(query(ref::kSubscriberReadyStatus)), 0), 1U);
}

TEST_F(MbimServices, RegisterStateIsIndicatedWhenItChangesOnly) {
  build();
  forget();
  modem_->set_coverage({RegistrationState::Denied, 15});
  settle();
  const Message searching = must(indication(ref::kRegisterState));
  EXPECT_EQ(word(searching, 1), 2U);
  const Message denied = must(indication(ref::kRegisterState));
  EXPECT_EQ(word(denied, 0), 15U);
  EXPECT_EQ(word(denied, 1), 6U);
  EXPECT_FALSE(indication(ref::kRegisterState));
  EXPECT_EQ(word(must(indication(ref::kPacketService)), 1), 4U);  // detached
}

TEST_F(MbimServices, PacketServiceGrowsWithTheVersion) {
  ModemSettings settings;
  settings.home = {"262", "07", "Test"};
  build(settings);
  EXPECT_EQ(must(query(ref::kPacketService)).info.size(), 28U);
  agree(kVersion2);
  EXPECT_EQ(must(query(ref::kPacketService)).info.size(), 32U);
  agree(kVersion3);
  const Message v3 = must(query(ref::kPacketService));
  ASSERT_EQ(v3.info.size(), 44U);
  EXPECT_EQ(word(v3, 9), 0x00070262U);  // MNC and MCC, a digit in four bits
  EXPECT_EQ(word(v3, 10), 0x1234U);     // tracking area
}

TEST_F(MbimServices, DetachAndAttachOfTheHost) {
  build();
  EXPECT_EQ(must(set(ref::kPacketService, InfoWriter().u32(1).done())).value, 0U);
  EXPECT_FALSE(modem_->network().attached());
  modem_->set_network_attach(false);
  EXPECT_EQ(must(set(ref::kPacketService, InfoWriter().u32(0).done())).value,
            code(Status::Failure));
  modem_->set_network_attach(true);
  EXPECT_TRUE(modem_->network().attached());
}

TEST_F(MbimServices, TheRadioSwitchEndsRegistration) {
  build();
  EXPECT_EQ(must(set(ref::kRadioState, InfoWriter().u32(0).done())).info,
            InfoWriter().u32(1).u32(0).done());
  EXPECT_EQ(word(must(query(ref::kRegisterState)), 1), 1U);
  EXPECT_EQ(must(query(ref::kVisibleProviders, InfoWriter().u32(0).done())).value,
            code(Status::RadioPowerOff));
  EXPECT_EQ(must(set(ref::kConnect, connect_info(0, true, 1))).value, code(Status::RadioPowerOff));
}

TEST_F(MbimServices, SignalIsIndicatedByThresholdAndInterval) {
  build();
  Radio radio = modem_->radio();
  radio.signal(Tech::Lte) = {Rat::Lte, -75, -95, -10, 10};
  modem_->set_radio(radio);
  EXPECT_EQ(must(set(ref::kSignalState, InfoWriter().u32(10).u32(4).u32(0).done())).value, 0U);
  forget();
  const auto rssi = [&](double dbm) {
    radio.signal(Tech::Lte).rssi_dbm = dbm;
    modem_->set_radio(radio);
  };
  rssi(-81);  // 3 codes
  EXPECT_FALSE(indication(ref::kSignalState));
  rssi(-83);
  EXPECT_EQ(word(must(indication(ref::kSignalState)), 0), 15U);
  rssi(-99);
  EXPECT_FALSE(indication(ref::kSignalState)) << "too soon";
  timers_.advance(std::chrono::seconds(11));
  EXPECT_EQ(word(must(indication(ref::kSignalState)), 0), 7U);
}

TEST_F(MbimServices, SignalOfVersion2HasAListOfTechnologies) {
  build();
  Radio radio = modem_->radio();
  radio.serving = Rat::NrNsa;
  radio.signal(Tech::Lte).rsrp_dbm = -101;
  radio.signal(Tech::Nr).rsrp_dbm = -110;
  modem_->set_radio(radio);
  settle();
  agree(kVersion2);
  const Message state = must(query(ref::kSignalState));
  EXPECT_EQ(word(state, 5), 28U);  // offset
  EXPECT_EQ(word(state, 6), 44U);  // size: two of them
  EXPECT_EQ(word(state, 7), 2U);
  EXPECT_EQ(word(state, 8), 56U);
  EXPECT_EQ(word(state, 12), 1U << 5);
  EXPECT_EQ(word(state, 13), 47U);
  EXPECT_EQ(word(state, 17), 1U << 6);
  forget();
  radio.signal(Tech::Nr).rsrp_dbm = -114;
  modem_->set_radio(radio);
  settle();
  EXPECT_TRUE(indication(ref::kSignalState)) << "RSRP of 5G moved";
}

TEST_F(MbimServices, BaseStationsKeepToTheCountAsked) {
  build();
  Radio radio = modem_->radio();
  radio.neighbours = {{12, 6300, -104, -15}, {88, 1300, -101, -12}, {90, 1300, -110, -16}};
  modem_->set_radio(radio);
  const Bytes ask = InfoWriter().u32(0).u32(0).u32(0).u32(2).u32(0).done();
  const Message answer = must(query(ref::kBaseStationsInfo, ask));
  const std::uint32_t offset = word(answer, 15);
  EXPECT_EQ(word(answer, 16), 4U + 2 * 32);
  EXPECT_EQ(word(answer, offset / 4), 2U);
  const std::size_t first = offset / 4 + 1;
  EXPECT_EQ(word(answer, first + 4), 12U);                              // PCI
  EXPECT_EQ(static_cast<std::int32_t>(word(answer, first + 6)), -104);  // RSRP
  EXPECT_EQ(word(answer, first + 8 + 4), 88U) << "the second is another cell";
}

}  // namespace
}  // namespace mwan::sim::mbim
