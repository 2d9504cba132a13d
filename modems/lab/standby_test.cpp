// SPDX-License-Identifier: LGPL-2.1-or-later
// How ready a modem is kept: registered and attached without a bearer, and how long it takes from
// there, from nothing, and from a bearer that is up.
#include <cstdio>

#include <gmock/gmock.h>

#include "modems/lab/modem_lab.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

// The network and the modem take their time here, as they do in the field.
std::string slow() {
  return "sim-ready-delay=50ms\nregistration-delay=400ms\nreply-latency=2ms\n" + steady();
}

class Standby : public ModemLab, public testing::WithParamInterface<ModemProtocol> {
 protected:
  void SetUp() override {
    if (GetParam() == ModemProtocol::Mbim) {
#if MWAN_WITH_MBIM
      speak(ModemProtocol::Mbim);
#else
      GTEST_SKIP() << "built without MBIM";
#endif
    }
  }
  void start_at(LinkLevel level) {
    modem_ = std::make_unique<Modem>(loop_, config_);
    modem_->set_level(level);
    modem_->start([this](Fact fact) { facts_.push_back(std::move(fact)); });
  }
  [[nodiscard]] std::size_t connects() const {
    return requests("wds.start-network") + requests("mbim.connect set");
  }
  // From here to the addresses.
  double until_addressed() {
    const Instant from = Loop::now();
    EXPECT_TRUE(until_fact("addressing ")) << log();
    return static_cast<double>((Loop::now() - from).count()) / 1000.0;
  }
};

TEST_P(Standby, ReadyHasNoBearerAndConnectsOnDemand) {
  simulate(slow());
  start_at(LinkLevel::Up);
  const double cold = until_addressed();
  stop();

  facts_.clear();
  start_at(LinkLevel::Ready);
  ASSERT_TRUE(until_fact("packet-service attached")) << log();
  const std::size_t before = connects();
  turn(1s);
  EXPECT_EQ(connects(), before) << "nobody asked for a bearer";
  EXPECT_FALSE(told("bearer ")) << log();
  EXPECT_FALSE(told("trouble")) << log();
  modem_->set_level(LinkLevel::Up);
  const double warm = until_addressed();
  EXPECT_EQ(connects(), before + 1);
  EXPECT_LT(warm, cold);
  std::printf("from the demand to the addressing: cold %.1f ms, warm %.1f ms, hot 0 ms\n", cold,
              warm);

  facts_.clear();
  modem_->set_level(LinkLevel::Ready);
  ASSERT_TRUE(until_fact("addressing-lost")) << log();
  EXPECT_TRUE(until([this] { return books()["sessions"].value("open", -1) == 0; }));
  turn(500ms);
  EXPECT_FALSE(told("trouble")) << log();
  EXPECT_FALSE(told("registration")) << log();
  EXPECT_EQ(books()["sessions"].value("started", 0), 2) << "cold and warm, and no other";

  facts_.clear();
  modem_->set_level(LinkLevel::Up);
  until_addressed();
  stop();
  expect_nothing_left();
}

TEST_P(Standby, WhatIsChangedWhileTheModemIsBusyCounts) {
  simulate(slow());
  start_at(LinkLevel::Ready);
  ASSERT_TRUE(until_fact("packet-service attached")) << log();
  modem_->set_level(LinkLevel::Up);
  ASSERT_TRUE(until_fact("bearer ipv4 connecting")) << log();
  modem_->set_level(LinkLevel::Ready);
  turn(1s);
  EXPECT_EQ(last<Bearer>()->state, BearerState::Disconnected) << log();
  stop();
  expect_nothing_left();
}

TEST_P(Standby, ALostRegistrationIsToldAndFoundAgain) {
  simulate("start=signal\n" + slow() +
           "at 0ms registration searching\nat 500ms registration home\n");
  start_at(LinkLevel::Ready);
  ASSERT_TRUE(until_fact("packet-service attached")) << log();
  const std::size_t at = facts_.size();
  trigger();
  ASSERT_TRUE(until([&] { return told("registration searching", at); })) << log();
  ASSERT_TRUE(until([&] { return told("registration home", at); })) << log();
  ASSERT_TRUE(until([&] { return told("packet-service attached", at); })) << log();
  EXPECT_EQ(connects(), 0U);
  stop();
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Protocols, Standby,
                         testing::Values(ModemProtocol::Qmi, ModemProtocol::Mbim),
                         [](const auto& info) {
                           return info.param == ModemProtocol::Qmi ? "qmi" : "mbim";
                         });

}  // namespace
}  // namespace mwan::modem
