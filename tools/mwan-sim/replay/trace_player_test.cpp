// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/replay/trace_player.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tools/mwan-sim/scenario/scenario.hpp"

namespace mwan::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TracePlayerTest : public testing::Test {
 protected:
  void SetUp() override {
    ModemSettings settings;
    settings.registration_delay = Duration(0);
    modem_ = std::make_unique<Modem>(timers_, settings);
    player_ = std::make_unique<TracePlayer>(
        timers_, *modem_,
        TracePlayer::Outputs{[this](bool plugged) { plugs_.push_back(plugged); },
                             [this] { over_ = true; }});
    modem_->power_up();
    timers_.advance(5s);
  }
  void play(std::vector<failover::TracePoint> points) {
    player_->play(std::make_shared<const failover::Trace>(failover::Trace{{}, std::move(points)}));
  }
  std::optional<double> rsrp() const { return modem_->radio().signal(Tech::Lte).rsrp_dbm; }

  VirtualTimers timers_;
  std::unique_ptr<Modem> modem_;
  std::unique_ptr<TracePlayer> player_;
  std::vector<bool> plugs_;
  bool over_ = false;
};

TEST_F(TracePlayerTest, ValuesComeAtTheirTimes) {
  const auto lte = [](double rsrp) { return SignalSample{Rat::Lte, {}, rsrp, -10, 5}; };
  play({{0ms, lte(-90)}, {1500ms, lte(-110)}, {1500ms, fact::Carrier{false}}, {4s, lte(-120)}});
  EXPECT_EQ(rsrp(), -90);
  timers_.advance(1499ms);
  EXPECT_EQ(rsrp(), -90);
  timers_.advance(1ms);
  EXPECT_EQ(rsrp(), -110);
  EXPECT_FALSE(over_);
  timers_.advance(2500ms);
  EXPECT_EQ(rsrp(), -120);
  EXPECT_TRUE(over_);
}

TEST_F(TracePlayerTest, RegistrationAttachAndBearersFollow) {
  modem_->bearers().start(1, IpFamily::V4, "internet", [](const Bearers::Started&) {});
  timers_.advance(1s);
  ASSERT_NE(modem_->bearers().find(IpFamily::V4), nullptr);
  std::optional<SessionEnd> end;
  modem_->subscribe([&](const Change& change) {
    if (const auto* session = std::get_if<change::Session>(&change)) end = session->ended;
  });
  const Error reason{FailureClass::Transient, "qmi", "3GPP cause 39 (reactivation requested)"};
  play({{1s, mwan::Bearer{IpFamily::V4, mwan::BearerState::Disconnected, reason}},
        {2s, PacketService{PacketServiceState::Detached, Rat::Lte}},
        {3s, Registration{RegistrationState::Searching, Rat::Unknown, "", "", {}}},
        {4s, Registration{RegistrationState::Roaming, Rat::Umts, "00102", "", {}}},
        {5s, Registration{RegistrationState::Denied, Rat::Umts, "", "", 15}}});
  timers_.advance(1s);
  EXPECT_EQ(end, (SessionEnd{EndCause::Network, 39}));
  timers_.advance(1s);
  EXPECT_FALSE(modem_->network().attached());
  timers_.advance(1s);
  EXPECT_EQ(modem_->network().state(), RegistrationState::Searching);
  timers_.advance(1s);
  EXPECT_EQ(modem_->network().state(), RegistrationState::Roaming);
  EXPECT_EQ(modem_->radio().serving, Rat::Umts);
  timers_.advance(1s);
  EXPECT_EQ(modem_->network().state(), RegistrationState::Denied);
  EXPECT_EQ(modem_->network().reject_cause(), 15);
}

TEST_F(TracePlayerTest, TheFiveGLegComesAndGoes) {
  play({{0s, SignalSample{Rat::NrNsa, {}, -100, -11, 8}},
        {1s, SignalSample{Rat::NrNsa, {}, {}, {}, {}}}});
  EXPECT_EQ(modem_->radio().serving, Rat::NrNsa);
  timers_.advance(1s);
  EXPECT_EQ(modem_->radio().serving, Rat::Lte);
}

TEST_F(TracePlayerTest, CellsReplaceCells) {
  play({{0s, CellReport{Cell{Rat::Lte, 77, 6300, -99, -11}, {Cell{Rat::Lte, 78, {}, -95, -10}}}}});
  EXPECT_EQ(modem_->radio().cell.pci, 77);
  EXPECT_EQ(modem_->radio().cell.arfcn, 6300U);
  EXPECT_THAT(modem_->radio().neighbours,
              ElementsAre(NeighbourCell{78, 6300, -95, -10, Tech::Lte}));
}

TEST_F(TracePlayerTest, ADeviceThatLeftIsUnplugged) {
  play({{1s, fact::Device{false, ""}}, {2s, fact::Device{true, "wwan0"}}});
  timers_.advance(3s);
  EXPECT_THAT(plugs_, ElementsAre(false, true));
}

TEST(CauseOf, ReadsTheNumberOrGoesByTheClass) {
  const auto cause = [](FailureClass failure, std::string text) {
    return cause_of(Error{failure, "", std::move(text)});
  };
  EXPECT_EQ(cause(FailureClass::Transient, "3GPP cause 33 (not subscribed)"), 33);
  EXPECT_EQ(cause(FailureClass::Transient, "3GPP cause 999"), 36);
  EXPECT_EQ(cause(FailureClass::Permanent, "no reason"), 33);
  EXPECT_EQ(cause(FailureClass::Throttled, ""), 26);
}

TEST(LoadScenario, ReadsItsRecordingsAndNamesTheirErrors) {
  const std::filesystem::path folder = ::testing::TempDir();
  const auto scenario_file = folder / "mwan_replay_test.scn";
  const auto trace_file = folder / "mwan_replay_test.trace";
  std::ofstream(scenario_file) << "at 1s replay mwan_replay_test.trace\n";
  std::ofstream(trace_file) << failover::encode_trace_header({}) << "\n"
                            << R"({"t_ms":7,"fact":"carrier","up":true})"
                            << "\n";
  const auto scenario = load_scenario(scenario_file);
  ASSERT_TRUE(scenario) << scenario.error().text();
  const auto& replay = std::get<step::Replay>(scenario->parts[0][0].action);
  ASSERT_NE(replay.trace, nullptr);
  EXPECT_EQ(replay.trace->points.size(), 1U);

  std::ofstream(trace_file) << failover::encode_trace_header({}) << "\n{\"t_ms\":7}\n";
  EXPECT_THAT(load_scenario(scenario_file).error().text(),
              HasSubstr("mwan_replay_test.trace:2: fact: is missing"));
  std::filesystem::remove(trace_file);
  EXPECT_THAT(load_scenario(scenario_file).error().text(), HasSubstr("cannot read the recording"));
}

}  // namespace
}  // namespace mwan::sim
