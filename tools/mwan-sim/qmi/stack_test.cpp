// SPDX-License-Identifier: LGPL-2.1-or-later
// Client ids, errors, faults: what does not depend on the service.
#include "tools/mwan-sim/qmi/stack.hpp"

#include <random>

#include <gmock/gmock.h>

#include "tools/mwan-sim/qmi/stack_fixture.hpp"

namespace mwan::sim::qmi {
namespace {

using ::testing::ElementsAre;

constexpr std::uint16_t kMalformed = 1;
constexpr std::uint16_t kExhausted = 5;
constexpr std::uint16_t kInvalidClientId = 7;
constexpr std::uint16_t kMissingArgument = 17;
constexpr std::uint16_t kInvalidService = 31;
constexpr std::uint16_t kInvalidCommand = 71;
constexpr std::uint16_t kGetModel = 0x0022;

TEST_F(StackTest, AnswersNothingBeforeTheDeviceIsOpened) {
  build();
  EXPECT_FALSE(ask_ctl(0x0021, {}, 2).came);
  open(2);
  EXPECT_TRUE(ask_ctl(0x0021, {}, 2).came);
}

TEST_F(StackTest, GivesAndTakesClientIds) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  EXPECT_NE(client, 0);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, 0);
  EXPECT_EQ(release(ServiceId::Dms, client), 0);
  EXPECT_EQ(release(ServiceId::Dms, client), kInvalidClientId);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, kInvalidClientId);
  EXPECT_EQ(stack_->clients().open(ServiceId::Dms), 0U);
}

TEST_F(StackTest, RefusesClientsOfServicesThereAreNot) {
  build();
  TlvList tlvs;
  tlvs.add(0x01).u8(0x10);  // location
  EXPECT_EQ(ask_ctl(0x0022, std::move(tlvs)).error, kInvalidService);
  EXPECT_EQ(ask(static_cast<ServiceId>(0x10), 1, 0x0020).error, kInvalidClientId);
}

TEST_F(StackTest, RunsOutOfClientIds) {
  ModemSettings settings;
  settings.client_ids_max = 2;
  build(settings);
  allocate(ServiceId::Nas);
  allocate(ServiceId::Nas);
  TlvList tlvs;
  tlvs.add(0x01).u8(static_cast<std::uint8_t>(ServiceId::Nas));
  EXPECT_EQ(ask_ctl(0x0022, std::move(tlvs)).error, kExhausted);
}

TEST_F(StackTest, ListsItsServicesWithVersions) {
  build();
  const Bytes list = ask_ctl(0x0021).value(0x01);
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list[0], 7);
  EXPECT_EQ(list.size(), 1U + 7U * 5U);
}

TEST_F(StackTest, NamesWhatIsWrongWithARequest) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  EXPECT_EQ(ask(ServiceId::Dms, client, 0x5555).error, kInvalidCommand);
  EXPECT_EQ(ask(ServiceId::Dms, client, 0x002E).error, kMissingArgument);
  TlvList empty_mode;
  empty_mode.add(0x01);
  EXPECT_EQ(ask(ServiceId::Dms, client, 0x002E, std::move(empty_mode)).error, kMalformed);
  EXPECT_EQ(ask_ctl(0x0022).error, kMissingArgument);
}

TEST_F(StackTest, AnswersBrokenTlvsWithMalformedMessage) {
  build();
  // Allocate CID whose TLV claims five bytes and has one.
  stack_->receive(kHost, Bytes{0x01, 0x0F, 0, 0, 0, 0, 0, 0x63, 0x22, 0, 4, 0, 1, 5, 0, 2});
  EXPECT_EQ(stack_->books().malformed, 1U);
  EXPECT_EQ(stack_->clients().counters().size(), 0U);
}

TEST_F(StackTest, EveryMessageOfEveryServiceHasAName) {
  build();
  for (const auto& [id, service] : stack_->services()) {
    for (const auto& [message, handler] : service->messages()) {
      const std::string name = message_name(static_cast<std::uint8_t>(id), message);
      EXPECT_EQ(name.find("0x"), std::string::npos) << name;
      EXPECT_EQ(message_by_name(name), (MessageRef{id, message}));
    }
  }
}

TEST_F(StackTest, SurvivesEveryMessageWithRandomArguments) {
  build();
  std::mt19937 random(42);
  for (const auto& [id, service] : stack_->services()) {
    for (const auto& [message, handler] : service->messages()) {
      if (MessageRef{id, message} == MessageRef{ServiceId::Dms, 0x002E}) continue;  // may restart
      const ClientId client = allocate(id);
      for (int round = 0; round < 60; ++round) {
        TlvList tlvs;
        for (unsigned n = random() % 4; n > 0; --n) {
          const auto type = static_cast<std::uint8_t>(random() % 2 == 0 ? 1 + random() % 3
                                                                        : 0x10 + random() % 0x2C);
          auto value = tlvs.add(type);
          for (unsigned size = random() % 12; size > 0; --size) {
            value.u8(static_cast<std::uint8_t>(random()));
          }
        }
        EXPECT_TRUE(ask(id, client, message, std::move(tlvs)).came)
            << message_name(static_cast<std::uint8_t>(id), message);
      }
      release(id, client);
    }
  }
}

TEST_F(StackTest, SurvivesRandomFrames) {
  build();
  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    Bytes frame(random() % 48);
    for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
    if (frame.size() > 3) {  // get past the envelope in many of them
      frame[0] = kQmuxMarker;
      frame[1] = static_cast<std::uint8_t>(frame.size() - 1);
      frame[2] = 0;
    }
    stack_->receive(kHost, frame);
  }
  EXPECT_TRUE(ask_ctl(0x0021).came);
}

TEST_F(StackTest, AHungModemAnswersNothingAndSaysNothing) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  stack_->faults().hung = true;
  EXPECT_FALSE(ask(ServiceId::Dms, client, kGetModel).came);
  stack_->faults() = {};
  EXPECT_TRUE(ask(ServiceId::Dms, client, kGetModel).came);
  EXPECT_EQ(stack_->books().swallowed, 1U);
}

TEST_F(StackTest, HangsOnOneMessageOnly) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  stack_->faults().hang_on.insert({ServiceId::Dms, kGetModel});
  EXPECT_FALSE(ask(ServiceId::Dms, client, kGetModel).came);
  EXPECT_TRUE(ask(ServiceId::Dms, client, 0x0021).came);
}

TEST_F(StackTest, FailsAMessageSoManyTimes) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  stack_->faults().fail_on[{ServiceId::Dms, kGetModel}] = {52, 2};
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, 52);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, 52);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, 0);
}

TEST_F(StackTest, DiesOnAMessageWithoutAnsweringIt) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  stack_->faults().die_on.insert({ServiceId::Dms, kGetModel});
  EXPECT_FALSE(ask(ServiceId::Dms, client, kGetModel).came);
  EXPECT_EQ(deaths_, 1);
}

TEST_F(StackTest, HangsUpOnWhoOpensAModemThatIsNotThere) {
  build();
  modem_->power_down();
  stack_->wipe();
  TlvList path;
  path.add(0x01).text("/dev/cdc-wdm0");
  EXPECT_FALSE(ask_ctl(0xFF00, std::move(path), 5).came);
  EXPECT_THAT(hung_up_, ElementsAre(5));
}

TEST_F(StackTest, ASyncTakesEverybodysClientIds) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  EXPECT_EQ(ask_ctl(0x0027).error, 0);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel).error, kInvalidClientId);
  EXPECT_EQ(stack_->clients().counters().at(ServiceId::Dms).lost, 1U);
}

TEST_F(StackTest, IndicationsGoToTheConnectionThatOwnsTheClient) {
  build();
  open(2);
  const ClientId mine = allocate(ServiceId::Dms);
  const ClientId theirs = allocate(ServiceId::Dms, 2);
  TlvList report;
  report.add(0x14).u8(1);
  ask(ServiceId::Dms, mine, 0x0001, std::move(report));
  modem_->set_mode(OperatingMode::LowPower);
  const auto said = must(indication());
  EXPECT_EQ(said.client, mine);
  EXPECT_THAT(*said.tlvs.find(0x14), ElementsAre(1));
  EXPECT_FALSE(indication(2));
  EXPECT_NE(mine, theirs);
}

TEST_F(StackTest, AnIdLeftBehindIsDisownedAndUsableByTheNext) {
  build();
  open(2);
  const ClientId client = allocate(ServiceId::Dms);
  stack_->closed(kHost);
  EXPECT_EQ(stack_->clients().disowned(ServiceId::Dms), 1U);
  EXPECT_EQ(ask(ServiceId::Dms, client, kGetModel, {}, 2).error, 0);
  EXPECT_EQ(stack_->clients().disowned(ServiceId::Dms), 0U);
}

TEST_F(StackTest, AResetIsAnsweredBeforeItHappens) {
  build();
  const ClientId client = allocate(ServiceId::Dms);
  TlvList reset;
  reset.add(0x01).u8(4);
  EXPECT_EQ(ask(ServiceId::Dms, client, 0x002E, std::move(reset)).error, 0);
  EXPECT_THAT(restarts_, ElementsAre(true));
}

}  // namespace
}  // namespace mwan::sim::qmi
