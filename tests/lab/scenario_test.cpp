// SPDX-License-Identifier: LGPL-2.1-or-later
// The demo's scenarios with the promises that they are played for. Packets are counted exactly;
// bounds on time are generous.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/lab/run.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

const Programs programs{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_LAB_SCENARIOS};

class PlayedScenarios : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
  }
  // The outcomes, one a scenario; with a problem the test fails and tells the whole story.
  static std::vector<Outcome> play(const RunScenarios& scenarios, Mode mode) {
    auto folder = WorkFolder::temporary();
    EXPECT_TRUE(folder) << folder.error().text();
    if (!folder) return {};
    RunReport report = play_run(programs, scenarios, mode, folder->path(), {});
    EXPECT_EQ(report.problem.value_or(""), "") << report.daemon_log;
    return report.problem ? std::vector<Outcome>() : report.outcomes;
  }
  static std::string told(const Outcome& outcome) {
    return render(outcome.timeline, outcome.cause, false);
  }
};

TEST_F(PlayedScenarios, AFadingModemIsLeftBeforeAPacketIsLost) {
  const auto outcomes = play({Scenario::Fade}, Mode::Radio);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_GT(outcomes[0].row.packets.sent, 200U);
  EXPECT_EQ(outcomes[0].row.packets.lost, 0U) << told(outcomes[0]);
}

TEST_F(PlayedScenarios, WithPingsOnlyAFadingModemLosesPackets) {
  const auto outcomes = play({Scenario::Fade}, Mode::Pings);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_GT(outcomes[0].row.packets.lost, 20U) << told(outcomes[0]);
}

TEST_F(PlayedScenarios, APulledCableLosesOnlyWhatWasInFlightAndTheReturnNothing) {
  const auto outcomes = play({Scenario::Cable, Scenario::Return}, Mode::Radio);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_LE(outcomes[0].row.packets.lost, 5U) << told(outcomes[0]);
  EXPECT_EQ(outcomes[1].row.packets.lost, 0U) << told(outcomes[1]);
  EXPECT_GE(outcomes[1].row.cause_to_route, failback_stable) << told(outcomes[1]);
  // What was lost with the cable out is no reason to distrust the link for longer.
  EXPECT_LT(outcomes[1].row.cause_to_route, failback_stable + 8s) << told(outcomes[1]);
}

TEST_F(PlayedScenarios, ADeadUpstreamIsNoticedThroughItsProbes) {
  const auto outcomes = play({Scenario::DeadUpstream}, Mode::Radio);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_LE(outcomes[0].row.cause_to_route, 4s) << told(outcomes[0]);
  EXPECT_GT(outcomes[0].row.packets.lost, 0U) << told(outcomes[0]);
}

}  // namespace
}  // namespace mwan::lab
