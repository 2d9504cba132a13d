// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/stack.hpp"

#include <random>

#include "tools/mwan-sim/mbim/stack_fixture.hpp"

namespace mwan::sim::mbim {
namespace {

constexpr Connection kOther = 2;

std::uint32_t code(ProtocolError error) { return static_cast<std::uint32_t>(error); }

TEST_F(MbimStackTest, NothingIsAnsweredBeforeTheDeviceIsOpen) {
  build();
  Message open;
  open.type = MessageType::Open;
  const Message unnamed = must(exchange(open, kOther));
  EXPECT_EQ(unnamed.type, MessageType::FunctionError);
  EXPECT_EQ(unnamed.value, code(ProtocolError::NotOpened));
  configure(kOther);
  EXPECT_EQ(must(query(ref::kRadioState, {}, kOther)).type, MessageType::FunctionError);
  EXPECT_EQ(must(exchange(open, kOther)).type, MessageType::OpenDone);
  EXPECT_EQ(must(query(ref::kRadioState, {}, kOther)).type, MessageType::CommandDone);
  EXPECT_EQ(stack_->clients_open(), 2U);
  Message close;
  close.type = MessageType::Close;
  EXPECT_EQ(must(exchange(close, kOther)).type, MessageType::CloseDone);
  EXPECT_EQ(stack_->clients_open(), 1U);
}

TEST_F(MbimStackTest, AModemThatIsGoneCannotBeOpened) {
  build();
  modem_->power_down();
  const Bytes path = InfoWriter().text("/dev/cdc-wdm0").u32(30).done();
  EXPECT_EQ(must(set(ref::kProxyConfiguration, path, kOther)).value, code(Status::Failure));
}

TEST_F(MbimStackTest, UnknownServicesAndCommandsAreNotSupported) {
  build();
  EXPECT_EQ(must(query({ServiceId::BasicConnect, 99})).value, code(Status::NoDeviceSupport));
  EXPECT_EQ(must(set(ref::kDeviceCaps)).value, code(Status::NoDeviceSupport));
  Message sms;
  sms.service = {0x53, 0x3f, 0xbe, 0xeb};
  sms.cid = 2;
  const Message answer = must(exchange(sms));
  EXPECT_EQ(answer.value, code(Status::NoDeviceSupport));
  EXPECT_EQ(answer.service, sms.service);
  EXPECT_EQ(stack_->books().by_name.at("mbim.unknown"), 1U);
}

TEST_F(MbimStackTest, ShortInformationIsAnInvalidParameter) {
  build();
  for (const MessageRef& ref : {ref::kRadioState, ref::kConnect, ref::kRegisterState, ref::kPin,
                                ref::kSignalState, ref::kPacketService, ref::kSubscribeList}) {
    EXPECT_EQ(must(set(ref, {1, 0})).value, code(Status::InvalidParameters)) << message_name(ref);
  }
}

TEST_F(MbimStackTest, AnswersKeepToTheTransferSizeOfTheirClient) {
  build();
  open(kOther, 128);
  longest_frame_ = 0;
  EXPECT_GT(must(query(ref::kDeviceServices, {}, kOther)).info.size(), 128U);
  EXPECT_LE(longest_frame_, 128U);
}

TEST_F(MbimStackTest, TheVersionIsForAllClientsAndTheyAreTold) {
  build();
  open(kOther);
  EXPECT_EQ(must(query(ref::kSignalState)).info.size(), 20U);
  agree(kVersion2);
  EXPECT_FALSE(indication(ref::kProxyVersion, kHost));
  const Message told = must(indication(ref::kProxyVersion, kOther));
  EXPECT_EQ(told.info, (Bytes{0x00, 0x01, 0x00, 0x02}));
  EXPECT_GT(must(query(ref::kSignalState, {}, kOther)).info.size(), 28U);
  open(3);
  EXPECT_TRUE(indication(ref::kProxyVersion, 3)) << "who comes later is told as well";
  agree(0x0400);
  EXPECT_EQ(stack_->version(), kVersion3) << "no newer than the modem";
  stack_->wipe();
  EXPECT_EQ(stack_->version(), kVersion1);
}

TEST_F(MbimStackTest, AModemWithoutExtensionsDoesNotKnowTheVersion) {
  ModemSettings settings;
  settings.mbimex = kVersion1;
  build(settings);
  const Bytes info = InfoWriter().u16(kVersion1).u16(kVersion3).done();
  EXPECT_EQ(must(query(ref::kVersion, info)).value, code(Status::NoDeviceSupport));
}

TEST_F(MbimStackTest, IndicationsGoToWhoSubscribed) {
  build();
  open(kOther);
  // Only the radio state, and all of the extensions.
  const Bytes radio = InfoWriter().uuid(uuid_of(ServiceId::BasicConnect)).u32(1).u32(3).done();
  const Bytes extensions = InfoWriter().uuid(uuid_of(ServiceId::Extensions)).u32(0).done();
  const Bytes list = InfoWriter().structures({radio, extensions}).done();
  EXPECT_EQ(must(set(ref::kSubscribeList, list, kOther)).info, list);
  modem_->set_mode(OperatingMode::LowPower);
  for (const Connection connection : {kHost, kOther}) {
    EXPECT_TRUE(indication(ref::kRadioState, connection));
    EXPECT_EQ(indication(ref::kRegisterState, connection).has_value(), connection == kHost);
    EXPECT_EQ(indication(ref::kLteAttachInfo, connection).has_value(), connection == kOther);
  }
}

TEST_F(MbimStackTest, FaultsHappenToTheirMessage) {
  build();
  stack_->faults().fail_on[ref::kDeviceCaps] = {1, 1};
  EXPECT_EQ(must(query(ref::kDeviceCaps)).value, code(Status::Busy));
  EXPECT_EQ(must(query(ref::kDeviceCaps)).value, 0U);
  stack_->faults().hang_on.insert(ref::kDeviceCaps);
  EXPECT_FALSE(query(ref::kDeviceCaps));
  EXPECT_TRUE(query(ref::kPin));
  stack_->faults().hung = true;
  EXPECT_FALSE(query(ref::kPin));
  modem_->set_mode(OperatingMode::LowPower);
  EXPECT_FALSE(indication(ref::kRadioState));
  EXPECT_EQ(stack_->books().swallowed, 2U);
  stack_->faults() = {};
  stack_->faults().die_on.insert(ref::kConnect);
  query(ref::kConnect, Bytes(4));
  EXPECT_EQ(deaths_, 1);
}

TEST_F(MbimStackTest, BrokenFramesAreAnsweredWithAFunctionError) {
  build();
  Bytes frame = mbim::build(command(ref::kRadioState, false, {})).front();
  frame[8] = 77;   // transaction
  frame[44] = 99;  // more information than there is
  stack_->receive(kHost, frame);
  const Message error = must(answer(77));
  EXPECT_EQ(error.type, MessageType::FunctionError);
  EXPECT_EQ(error.value, code(ProtocolError::LengthMismatch));
  EXPECT_EQ(stack_->books().malformed, 1U);
}

TEST_F(MbimStackTest, NoBytesBringItDown) {
  build();
  std::mt19937 random(7);
  const auto any = [&random](std::size_t below) { return random() % below; };
  for (const Version version : {kVersion1, kVersion2, kVersion3}) {
    for (const auto& [ref, handlers] : stack_->commands()) {
      for (int i = 0; i < 200; ++i) {
        const bool set = any(2) == 0;
        Bytes frame = mbim::build(command(ref, set, connect_info(0, true, 3))).front();
        // Past type and length, which would make the envelope unreadable.
        for (std::size_t n = any(12); n > 0; --n) {
          frame[8 + any(frame.size() - 8)] =
              static_cast<std::uint8_t>(any(4) == 0 ? 0xFF : random());
        }
        stack_->receive(kHost, frame);
      }
      timers_.advance(std::chrono::seconds(1));
    }
    forget();  // answers to transactions that chance chose
    open(kHost);
    agree(version);
    EXPECT_TRUE(query(ref::kDeviceCaps));
  }
}

TEST_F(MbimStackTest, Resets) {
  build();
  EXPECT_EQ(must(set(ref::kDeviceReset)).value, 0U);
  EXPECT_EQ(must(set(ref::kModemReboot)).value, 0U);
  agree(kVersion2);
  EXPECT_EQ(must(set(ref::kModemReboot)).value, code(Status::InvalidParameters));
  EXPECT_EQ(must(set(ref::kModemReboot, InfoWriter().u32(2).u32(0).done())).value, 0U);
  EXPECT_EQ(restarts_, (std::vector<bool>{true, true, false}));
}

TEST_F(MbimStackTest, EveryMessageHasAName) {
  build();
  for (const auto& [ref, command] : stack_->commands()) {
    EXPECT_EQ(message_by_name(message_name(ref)), ref) << message_name(ref);
  }
  EXPECT_EQ(message_by_name("mbim.connect"), ref::kConnect);
  EXPECT_FALSE(message_by_name("mbim.nonsense"));
}

}  // namespace
}  // namespace mwan::sim::mbim
