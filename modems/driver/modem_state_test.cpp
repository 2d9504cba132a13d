// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/modem_state.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "modems/driver/cell_pacer.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

Registration home() {
  return Registration{.state = RegistrationState::Home,
                      .rat = Rat::Lte,
                      .plmn = "26201",
                      .operator_name = "One",
                      .reject_cause = std::nullopt};
}
PacketService service(PacketServiceState state, Rat rat = Rat::Unknown) {
  return PacketService{.state = state, .rat = rat};
}
IpConfig v4(const char* prefix, std::optional<std::uint32_t> mtu = std::nullopt) {
  IpConfig out;
  out.v4 = IpFamilyConfig{.address = IpPrefix::parse(prefix).value_or(IpPrefix())};
  out.mtu = mtu;
  return out;
}
IpConfig v6(const char* prefix, std::optional<std::uint32_t> mtu = std::nullopt) {
  IpConfig out;
  out.v6 = IpFamilyConfig{.address = IpPrefix::parse(prefix).value_or(IpPrefix())};
  out.mtu = mtu;
  return out;
}

class StateTest : public testing::Test {
 protected:
  // What was told since the last time.
  std::vector<Fact> told() { return std::exchange(facts_, {}); }
  std::vector<Fact> facts_;
  ModemState state_{[this](Fact fact) { facts_.push_back(std::move(fact)); }};
};

TEST_F(StateTest, RegistrationThenPacketServiceAndOnlyChanges) {
  state_.apply(home());
  state_.apply(service(PacketServiceState::Attached));
  const auto first = told();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(std::get<Registration>(first[0]), home());
  EXPECT_EQ(std::get<PacketService>(first[1]), service(PacketServiceState::Attached, Rat::Lte));
  state_.apply(home());
  state_.apply(service(PacketServiceState::Attached));
  EXPECT_TRUE(told().empty());
}

TEST_F(StateTest, WithoutRegistrationThereIsNoPacketService) {
  state_.apply(home());
  state_.apply(service(PacketServiceState::Attached, Rat::Lte));
  told();
  Registration searching;
  searching.state = RegistrationState::Searching;
  state_.apply(searching);
  const auto facts = told();
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(std::get<Registration>(facts[0]).state, RegistrationState::Searching);
  EXPECT_EQ(std::get<PacketService>(facts[1]).state, PacketServiceState::Detached);
  state_.apply(service(PacketServiceState::Attached));
  EXPECT_TRUE(told().empty());
}

TEST_F(StateTest, AModemThatMisreportsPacketServiceIsNotBelieved) {
  state_.trust_packet_service(false);
  state_.apply(home());
  state_.apply(service(PacketServiceState::Detached));
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(state_.packet_service().state, PacketServiceState::Unknown);
}

TEST_F(StateTest, SamplesAreAlwaysToldAndTheServingOneIsKnown) {
  const SignalSample nr{.rat = Rat::NrNsa, .rsrp_dbm = -95.0};
  state_.apply(nr);
  state_.apply(nr);
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(state_.signal(), nr);
  const SignalSample lte{.rat = Rat::Lte, .rsrp_dbm = -99.0};
  state_.apply(lte);
  EXPECT_EQ(state_.signal(), lte);
  state_.apply(SignalSample{.rat = Rat::Lte});
  EXPECT_EQ(state_.signal(), nr);
}

TEST_F(StateTest, AddressesOfBothFamiliesAreOneConfig) {
  state_.addressing(IpFamily::V4, v4("10.0.0.2/30", 1500));
  state_.addressing(IpFamily::V6, v6("2001:db8::2/64", 1430));
  const auto facts = told();
  ASSERT_EQ(facts.size(), 2U);
  const IpConfig& both = std::get<fact::Addressing>(facts[1]).config;
  EXPECT_TRUE(both.v4 && both.v6);
  EXPECT_EQ(both.mtu, 1430U);
  // One family goes: the rest is told. The last goes: that is a loss.
  state_.addressing(IpFamily::V4, IpConfig{}, "dropped");
  state_.addressing(IpFamily::V6, IpConfig{}, "dropped");
  const auto after = told();
  ASSERT_EQ(after.size(), 2U);
  EXPECT_FALSE(std::get<fact::Addressing>(after[0]).config.v4);
  EXPECT_EQ(std::get<fact::AddressingLost>(after[1]).why, "dropped");
  state_.addressing(IpFamily::V6, IpConfig{}, "again");
  EXPECT_TRUE(told().empty());
}

TEST_F(StateTest, LosingTheModemTellsEverythingThatEnded) {
  state_.device(true, "wwan0");
  state_.apply(home());
  state_.apply(service(PacketServiceState::Attached));
  state_.apply(SignalSample{.rat = Rat::Lte, .rsrp_dbm = -90.0});
  state_.bearer(IpFamily::V4, BearerState::Connecting);
  state_.bearer(IpFamily::V4, BearerState::Connected);
  state_.addressing(IpFamily::V4, v4("10.0.0.2/30"));
  told();
  const Error why{FailureClass::Gone, "lte: qmi connection", "unplugged"};
  state_.lost(why, true);
  const auto facts = told();
  ASSERT_EQ(facts.size(), 6U);
  EXPECT_EQ(std::get<Bearer>(facts[0]).end_reason, why);
  EXPECT_EQ(std::get<fact::AddressingLost>(facts[1]).why, "unplugged");
  EXPECT_EQ(std::get<Registration>(facts[2]), Registration{});
  EXPECT_EQ(std::get<PacketService>(facts[3]), PacketService{});
  EXPECT_TRUE(std::get<SignalSample>(facts[4]).empty());
  EXPECT_EQ(std::get<fact::Device>(facts[5]), fact::Device{});
  state_.lost(why, true);
  EXPECT_TRUE(told().empty());
}

TEST_F(StateTest, ASilentModemIsStillThere) {
  state_.device(true, "wwan0");
  told();
  state_.lost(Error{}, false);
  EXPECT_TRUE(told().empty());
}

class CellPacerTest : public testing::Test {
 protected:
  static SignalSample lte(double rsrp, double rsrq) {
    return SignalSample{.rat = Rat::Lte, .rsrp_dbm = rsrp, .rsrq_db = rsrq};
  }
  SignalReporting reporting_;
  CellPacer pacer_{reporting_};
};

TEST_F(CellPacerTest, AsksOnceOnAGoodQuietLink) {
  EXPECT_FALSE(pacer_.due());
  pacer_.signal(lte(-85, -8));
  EXPECT_EQ(pacer_.due(), Instant{});
  pacer_.asked(Instant(10s));
  pacer_.signal(lte(-86, -9));  // not notable
  EXPECT_FALSE(pacer_.due());
}

TEST_F(CellPacerTest, AsksAfterANotableChangeButNotTooSoon) {
  pacer_.signal(lte(-85, -8));
  pacer_.asked(Instant(10s));
  pacer_.signal(lte(-88, -8));
  EXPECT_EQ(pacer_.due(), Instant(11s));
  pacer_.asked(Instant(12s));
  pacer_.signal(lte(-88, -10));
  EXPECT_EQ(pacer_.due(), Instant(13s));
}

TEST_F(CellPacerTest, KeepsAskingWhileDegradingAndLessOftenWhenNothingMoves) {
  pacer_.signal(lte(-115, -10));
  pacer_.asked(Instant(10s));
  EXPECT_EQ(pacer_.due(), Instant(11s));
  pacer_.asked(Instant(11s));
  EXPECT_EQ(pacer_.due(), Instant(13s));
  for (int i = 0; i < 9; ++i) pacer_.asked(Instant(20s));
  EXPECT_EQ(pacer_.due(), Instant(28s));
  pacer_.signal(lte(-119, -10));
  EXPECT_EQ(pacer_.due(), Instant(21s));
}

TEST_F(CellPacerTest, RsrqAloneDegradesAndAModemWithoutCellsIsLeftAlone) {
  pacer_.signal(lte(-85, -16));
  pacer_.asked(Instant(1s));
  EXPECT_TRUE(pacer_.due());
  pacer_.stop();
  EXPECT_FALSE(pacer_.due());
}

}  // namespace
}  // namespace mwan::modem
