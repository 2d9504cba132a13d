// SPDX-License-Identifier: LGPL-2.1-or-later
// A decision log that the real daemon wrote, run through a fresh engine: the same decisions.
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "failover/record/replay.hpp"
#include "tests/lab/run.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

TEST(RecordedLog, GivesTheSameDecisionsAgain) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
  auto folder = WorkFolder::temporary();
  ASSERT_TRUE(folder) << folder.error().text();
  const Programs programs{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_LAB_SCENARIOS};
  const RunReport report = play_run(programs, {Scenario::Fade}, Mode::Radio, folder->path(), {});
  ASSERT_EQ(report.problem.value_or(""), "") << report.daemon_log;

  const auto log = folder->path() / "state" / "decisions.jsonl";
  std::ifstream in(log);
  ASSERT_TRUE(in.is_open()) << log;
  failover::DecisionReader reader(in, log);
  failover::Replay replay;
  const Status status = replay.add(reader);
  ASSERT_TRUE(status) << status.error().text();
  const failover::ReplayReport again = replay.finish();
  EXPECT_EQ(again.runs, 1U);
  EXPECT_GT(again.events, 50U);
  EXPECT_EQ(again.skipped, 0U);
  for (const failover::Difference& difference : again.differences) {
    ADD_FAILURE() << difference.where << ": " << difference.event;
  }
}

}  // namespace
}  // namespace mwan::lab
