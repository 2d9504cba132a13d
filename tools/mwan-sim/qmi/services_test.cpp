// SPDX-License-Identifier: LGPL-2.1-or-later
// What the services say, byte for byte where a host depends on it.

#include <gmock/gmock.h>

#include "tools/mwan-sim/qmi/stack_fixture.hpp"

namespace mwan::sim::qmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint16_t kNoEffect = 26;
constexpr std::uint16_t kOutOfCall = 15;
constexpr std::uint16_t kCallFailed = 14;
constexpr std::uint16_t kUnavailable = 74;
constexpr std::uint16_t kSignalIndication = 0x0051;

class NasTest : public StackTest {
 protected:
  void SetUp() override {
    build();
    nas_ = allocate(ServiceId::Nas);
  }
  void want_indications() {
    TlvList tlvs;
    for (const std::uint8_t type : {0x13, 0x18, 0x19}) tlvs.add(type).u8(1);
    tlvs.add(0x21).u8(1).u8(0);
    ASSERT_EQ(ask(ServiceId::Nas, nas_, 0x0003, std::move(tlvs)).error, 0);
  }
  void set_lte(double rsrp, double rsrq, double sinr) {
    Radio radio = modem_->radio();
    radio.signal(Tech::Lte) = {Rat::Lte, std::nullopt, rsrp, rsrq, sinr};
    modem_->set_radio(radio);
  }
  ClientId nas_ = 0;
};

TEST_F(NasTest, SignalInfoInItsUnits) {
  set_lte(-95, -10, 12.5);
  const auto answer = ask(ServiceId::Nas, nas_, 0x004F);
  // RSSI -65, RSRQ -10, RSRP -95, SNR 125 tenths
  EXPECT_THAT(answer.value(0x14), ElementsAre(0xBF, 0xF6, 0xA1, 0xFF, 0x7D, 0x00));
  EXPECT_THAT(answer.value(0x17), IsEmpty());
}

TEST_F(NasTest, SignalInfoOfBothLegsOfNsa) {
  Radio radio = modem_->radio();
  radio.serving = Rat::NrNsa;
  radio.signal(Tech::Nr) = {Rat::NrNsa, std::nullopt, -100, -11, -2};
  modem_->set_radio(radio);
  const auto answer = ask(ServiceId::Nas, nas_, 0x004F);
  EXPECT_EQ(answer.value(0x14).size(), 6U);
  EXPECT_THAT(answer.value(0x17), ElementsAre(0x9C, 0xFF, 0xEC, 0xFF));
  EXPECT_THAT(answer.value(0x18), ElementsAre(0xF5, 0xFF));
}

TEST_F(NasTest, NoSignalWhileNothingIsHeard) {
  modem_->set_coverage({RegistrationState::Searching, {}});
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x004F).error, kUnavailable);
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x0043).error, kUnavailable);
}

TEST_F(NasTest, IndicatesSignalOnlyAcrossConfiguredThresholds) {
  want_indications();
  TlvList config;
  config.add(0x28).u8(1).i16(-1100);  // LTE RSRP -110 dBm, in tenths
  ASSERT_EQ(ask(ServiceId::Nas, nas_, 0x006C, std::move(config)).error, 0);
  set_lte(-109, -15, -5);
  EXPECT_FALSE(indication());
  set_lte(-111, -15, -5);
  const auto said = must(indication());
  EXPECT_EQ(said.message, kSignalIndication);
  EXPECT_NE(said.tlvs.find(0x14), nullptr);
  EXPECT_EQ(said.tlvs.find(0x17), nullptr);
}

TEST_F(NasTest, TheOlderConfigurationUsesWholeDecibels) {
  want_indications();
  TlvList config;
  config.add(0x15).u8(1).i8(-15);  // RSRQ
  ASSERT_EQ(ask(ServiceId::Nas, nas_, 0x0050, std::move(config)).error, 0);
  set_lte(-95, -14, 12);
  EXPECT_FALSE(indication());
  set_lte(-95, -16, 12);
  EXPECT_TRUE(indication());
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x0050).error, 8) << "NoThresholdsProvided";
}

TEST_F(NasTest, AThresholdListThatClaimsTooMuchIsMalformed) {
  TlvList config;
  config.add(0x28).u8(200).i16(-1100);
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x006C, std::move(config)).error, 1);
}

TEST_F(NasTest, TellsALostRegistrationOnceInEachForm) {
  want_indications();
  modem_->set_coverage({RegistrationState::Searching, {}});
  const auto serving = must(indication());
  const auto system = must(indication());
  EXPECT_EQ(serving.message, 0x0024);
  // searching, CS detached, PS detached, 3GPP, one interface: none
  EXPECT_THAT(*serving.tlvs.find(0x01), ElementsAre(2, 2, 2, 2, 1, 0));
  EXPECT_EQ(system.message, 0x004E);
  EXPECT_THAT(*system.tlvs.find(0x14), ElementsAre(0, 0, 0));
  EXPECT_FALSE(indication());
}

TEST_F(NasTest, ADenialComesWithItsCause) {
  want_indications();
  modem_->set_coverage({RegistrationState::Denied, 15});
  settle();
  bool rejected = false;
  for (const auto& said : indications()) {
    if (said.message != 0x0068) continue;
    rejected = true;
    EXPECT_THAT(*said.tlvs.find(0x01), ElementsAre(8));
    EXPECT_THAT(*said.tlvs.find(0x03), ElementsAre(15));
    EXPECT_THAT(*said.tlvs.find(0x10), ElementsAre(1, 0, 1, 0, 0));
  }
  EXPECT_TRUE(rejected);
}

TEST_F(NasTest, CellsCarryServingAndNeighbours) {
  const Bytes cells = ask(ServiceId::Nas, nas_, 0x0043).value(0x13);
  ASSERT_EQ(cells.size(), 19U + 2 * 10);
  EXPECT_THAT(Bytes(cells.begin() + 1, cells.begin() + 4), ElementsAre(0x00, 0xF1, 0x10));
  EXPECT_EQ(cells[18], 2);  // cells
}

TEST_F(NasTest, RegisteringAgainHasNoEffect) {
  TlvList automatic;
  automatic.add(0x01).u8(1);
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x0022, std::move(automatic)).error, kNoEffect);
  TlvList attach;
  attach.add(0x10).u8(1);
  EXPECT_EQ(ask(ServiceId::Nas, nas_, 0x0023, std::move(attach)).error, kNoEffect);
}

class WdsTest : public StackTest {
 protected:
  void SetUp() override {
    ModemSettings settings;
    settings.ipv4.dns = {must(IpAddress::parse("192.0.2.53"))};
    build(settings);
    wds_ = allocate(ServiceId::Wds);
  }
  Answer start(ClientId client, std::optional<std::uint8_t> family = {}) {
    TlvList tlvs;
    tlvs.add(0x14).text("internet");
    if (family) tlvs.add(0x19).u8(*family);
    return ask(ServiceId::Wds, client, 0x0020, std::move(tlvs));
  }
  static std::uint32_t handle_of(const Answer& answer) {
    const Bytes value = answer.value(0x01);
    return ByteReader(value).u32();
  }
  std::uint16_t stop(ClientId client, std::uint32_t handle) {
    TlvList tlvs;
    tlvs.add(0x01).u32(handle);
    return ask(ServiceId::Wds, client, 0x0021, std::move(tlvs)).error;
  }
  ClientId wds_ = 0;
};

TEST_F(WdsTest, StartsTellsSettingsAndStops) {
  EXPECT_EQ(ask(ServiceId::Wds, wds_, 0x002D).error, kOutOfCall);
  const auto started = start(wds_);
  ASSERT_EQ(started.error, 0);
  const auto up = must(indication());
  EXPECT_THAT(*up.tlvs.find(0x01), ElementsAre(2, 0));
  EXPECT_THAT(*up.tlvs.find(0x12), ElementsAre(4));
  EXPECT_THAT(ask(ServiceId::Wds, wds_, 0x0022).value(0x01), ElementsAre(2));
  const auto settings = ask(ServiceId::Wds, wds_, 0x002D);
  EXPECT_THAT(settings.value(0x1E), ElementsAre(2, 0, 64, 10));  // 10.64.0.2
  EXPECT_THAT(settings.value(0x20), ElementsAre(1, 0, 64, 10));
  EXPECT_THAT(settings.value(0x21), ElementsAre(0xFC, 0xFF, 0xFF, 0xFF));
  EXPECT_THAT(settings.value(0x15), ElementsAre(53, 2, 0, 192));
  EXPECT_THAT(settings.value(0x29), ElementsAre(0x94, 0x05, 0, 0));
  EXPECT_THAT(settings.value(0x2B), ElementsAre(4));
  EXPECT_EQ(stop(wds_, handle_of(started) + 1), 9) << "InvalidHandle";
  EXPECT_EQ(stop(wds_, handle_of(started)), 0);
  const auto down = must(indication());
  EXPECT_THAT(*down.tlvs.find(0x01), ElementsAre(1, 0));
  EXPECT_EQ(stop(wds_, handle_of(started)), kNoEffect);
}

TEST_F(WdsTest, AnswersOnlyTheSettingsThatWereAskedFor) {
  start(wds_);
  TlvList mask;
  mask.add(0x10).u32(1U << 8);  // IP address
  const auto settings = ask(ServiceId::Wds, wds_, 0x002D, std::move(mask));
  EXPECT_EQ(settings.value(0x1E).size(), 4U);
  EXPECT_THAT(settings.value(0x20), IsEmpty());
  EXPECT_THAT(settings.value(0x29), IsEmpty());
}

TEST_F(WdsTest, ServesIpv6ToAClientOfThatFamily) {
  TlvList family;
  family.add(0x01).u8(6);
  ASSERT_EQ(ask(ServiceId::Wds, wds_, 0x004D, std::move(family)).error, 0);
  ASSERT_EQ(start(wds_).error, 0);
  const Bytes address = ask(ServiceId::Wds, wds_, 0x002D).value(0x25);
  ASSERT_EQ(address.size(), 17U);
  EXPECT_EQ(address[0], 0x20);
  EXPECT_EQ(address[1], 0x01);
  EXPECT_EQ(address[15], 0x02);
  EXPECT_EQ(address[16], 64);
  TlvList wrong;
  wrong.add(0x01).u8(5);
  EXPECT_EQ(ask(ServiceId::Wds, wds_, 0x004D, std::move(wrong)).error, 64);
}

TEST_F(WdsTest, StartingTwiceHasNoEffect) {
  start(wds_);
  EXPECT_EQ(start(wds_).error, kNoEffect);
}

TEST_F(WdsTest, ARefusalCarriesItsReasons) {
  modem_->refuse_sessions(33);
  const auto refused = start(wds_);
  EXPECT_EQ(refused.error, kCallFailed);
  EXPECT_THAT(refused.value(0x10), ElementsAre(0xFA, 0x03));   // 1018
  EXPECT_THAT(refused.value(0x11), ElementsAre(6, 0, 33, 0));  // 3GPP, 33
}

TEST_F(WdsTest, ADropByTheNetworkCarriesItsReasons) {
  start(wds_);
  indication();
  modem_->bearers().drop_all({EndCause::Network, 39});
  const auto down = must(indication());
  EXPECT_THAT(*down.tlvs.find(0x11), ElementsAre(6, 0, 39, 0));
}

TEST_F(WdsTest, ReleasingTheClientEndsItsSession) {
  start(wds_);
  EXPECT_EQ(release(ServiceId::Wds, wds_), 0);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4), nullptr);
}

TEST_F(WdsTest, AChangedAddressIsTold) {
  TlvList wanted;
  wanted.add(0x12).u8(1);
  ASSERT_EQ(ask(ServiceId::Wds, wds_, 0x0003, std::move(wanted)).error, 0);
  start(wds_);
  indications();
  modem_->renumber(
      IpFamily::V4,
      {{must(IpAddress::parse("10.9.0.2")), 30}, must(IpAddress::parse("10.9.0.1")), {}});
  const auto said = must(indication());
  EXPECT_EQ(said.message, 0x008C);
  EXPECT_THAT(ask(ServiceId::Wds, wds_, 0x002D).value(0x1E), ElementsAre(2, 0, 9, 10));
}

TEST_F(WdsTest, AStartUnderWayCanBeAborted) {
  QmiMessage request;
  request.service = static_cast<std::uint8_t>(ServiceId::Wds);
  request.client = wds_;
  request.transaction = 0x1234;
  request.message = 0x0020;
  Bytes frame = build_frame(request);
  stack_->receive(kHost, frame);
  TlvList which;
  which.add(0x01).u16(0x1234);
  EXPECT_EQ(ask(ServiceId::Wds, wds_, 0x0002, std::move(which)).error, 0);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4), nullptr);
}

TEST_F(StackTest, DsdTellsWhenPacketServiceGoes) {
  build();
  const ClientId dsd = allocate(ServiceId::Dsd);
  ASSERT_EQ(ask(ServiceId::Dsd, dsd, 0x0025).error, 0);
  EXPECT_EQ(ask(ServiceId::Dsd, dsd, 0x0024).value(0x10).size(), 17U);
  modem_->set_network_attach(false);
  const auto said = must(indication());
  EXPECT_THAT(*said.tlvs.find(0x10), ElementsAre(0));
}

TEST_F(StackTest, WdaSetsTheFormatAndMayInsistOnItsEndpoint) {
  ModemSettings settings;
  settings.wda_needs_endpoint = true;
  build(settings);
  const ClientId wda = allocate(ServiceId::Wda);
  TlvList format;
  format.add(0x11).u32(2);
  EXPECT_EQ(ask(ServiceId::Wda, wda, 0x0020, std::move(format)).error, 17);
  TlvList whole;
  whole.add(0x11).u32(2);
  whole.add(0x17).u32(2).u32(4);
  EXPECT_EQ(ask(ServiceId::Wda, wda, 0x0020, std::move(whole)).error, 0);
  EXPECT_THAT(ask(ServiceId::Wda, wda, 0x0021).value(0x11), ElementsAre(2, 0, 0, 0));
}

TEST_F(StackTest, UimTellsTheCardAndTakesThePin) {
  ModemSettings settings;
  settings.pin = "1234";
  build(settings);
  const ClientId uim = allocate(ServiceId::Uim);
  TlvList events;
  events.add(0x01).u32(1);
  ask(ServiceId::Uim, uim, 0x002E, std::move(events));
  const auto verify = [&](const std::string& pin) {
    TlvList tlvs;
    tlvs.add(0x01).u8(0).u8(0);
    tlvs.add(0x02).u8(1).u8(static_cast<std::uint8_t>(pin.size())).text(pin);
    return ask(ServiceId::Uim, uim, 0x0026, std::move(tlvs));
  };
  const auto wrong = verify("0000");
  EXPECT_EQ(wrong.error, 12);
  EXPECT_THAT(wrong.value(0x10), ElementsAre(2, 10));
  EXPECT_EQ(verify("1234").error, 0);
  bool ready = false;
  for (const auto& said : indications()) {
    if (said.message == 0x0032) ready = (*said.tlvs.find(0x10))[16] == 7;
  }
  EXPECT_TRUE(ready);
}

}  // namespace
}  // namespace mwan::sim::qmi
