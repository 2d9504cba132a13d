// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/decisions.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/record/sample_records.hpp"

namespace mwan::config_tool {
namespace {

Instant at(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

TEST(Why, TheLastDecisionsWithTheirTimes) {
  using namespace failover;  // not of the whole file: it has a namespace testing as well
  const Policy policy = failover::testing::sample_policy();
  const LinkNames names(policy);
  std::string log;
  const auto write = [&](const Record& record) { log += encode_record(record, names) + "\n"; };
  write(record::Header{policy, false});
  write(record::WallClock{1700000000, at(100)});
  write(record::TimedEvent{at(101), TimerFired{}});
  write(record::TimedAction{at(101), SetProbing{}});
  write(record::TimedAction{at(102), VerdictChange{LinkId{1}, LinkVerdict::Down, "no carrier"}});
  write(
      record::TimedAction{at(102), StateChange{State::MonitoringPrimary, State::InitiatingFailover,
                                               Trigger::PrimaryFailed, "wired: no carrier"}});
  write(record::TimedAction{at(103), RunStep{Step::ActivateLink, LinkId{1}, LinkId{0}}});
  write(record::TimedAction{at(104), CommandAnswer{false, "paused: resume first"}});
  std::istringstream in(log);
  DecisionReader reader(in, "log");
  Decisions decisions(3);
  ASSERT_TRUE(decisions.add(reader));
  ASSERT_EQ(decisions.last().size(), 3U);
  EXPECT_EQ(decisions.last()[0].words, "the traffic moves: wired: no carrier");
  EXPECT_EQ(decisions.last()[0].unix_s, 1700000002);
  EXPECT_EQ(decisions.last()[1].words, "default route to lte");
  EXPECT_EQ(decisions.last()[2].words, "a command was refused: paused: resume first");
}

TEST(Why, ALineThatIsNoneEndsTheReading) {
  std::istringstream in("nonsense\n");
  failover::DecisionReader reader(in, "log");
  Decisions decisions(3);
  const auto read = decisions.add(reader);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text(), ::testing::HasSubstr("log:1"));
}

}  // namespace
}  // namespace mwan::config_tool
