// SPDX-License-Identifier: LGPL-2.1-or-later
// The running daemon under people's hands.
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/links/operate_lab.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

using OperateTest = OperateLab;

TEST_F(OperateTest, FailoverAndFailbackByHand) {
  both_good();
  EXPECT_THAT(config_tool({"failover", "wan2"}), HasSubstr("wan2 takes over, until failback"));
  EXPECT_THAT(default_route(), HasSubstr("eth2"));
  EXPECT_THAT(config_tool({"status"}),
              AllOf(HasSubstr("Traffic: wan2 (preferred: wan1)"), HasSubstr("Chosen by hand"),
                    HasSubstr("* wan2  good")));
  // The primary is well and its stability time over.
  EXPECT_FALSE(
      wait_until(3s, [this] { return default_route().find("eth1") != std::string::npos; }));
  EXPECT_EQ(status()["held"], "wan2");
  EXPECT_THAT(config_tool({"failover", "wan2"}),
              AllOf(HasSubstr("exit code 1"), HasSubstr("wan2 carries the traffic already")));
  EXPECT_THAT(
      config_tool({"failover", "wan9"}),
      AllOf(HasSubstr("exit code 1"), HasSubstr("no link is named wan9; there are: wan1, wan2")));
  EXPECT_THAT(config_tool({"failback"}), HasSubstr("the traffic returns to wan1"));
  EXPECT_THAT(default_route(), HasSubstr("eth1"));
  EXPECT_THAT(config_tool({"why", "30"}),
              AllOf(HasSubstr("the traffic moves, by hand: failover to wan2 was asked for"),
                    HasSubstr("default route to wan2"),
                    HasSubstr("the traffic returns: failback was asked for")));
  stop_daemon();
}

TEST_F(OperateTest, ADeadLinkIsLeftWhoeverChoseIt) {
  both_good();
  (void)config_tool({"failover", "wan2"});
  REQUIRE_OK(provider(2).set_link("cpe0", false));
  EXPECT_TRUE(says("the choice by hand is over: it is dead and another link is not"));
  EXPECT_TRUE(says("default route to wan1", log().find("the choice by hand is over")));
  EXPECT_TRUE(status()["held"].is_null());
  EXPECT_THAT(config_tool({"failover"}),
              AllOf(HasSubstr("exit code 1"), HasSubstr("no other link can carry")));
  stop_daemon();
}

TEST_F(OperateTest, APauseOutlivesAKilledDaemon) {
  both_good();
  EXPECT_THAT(config_tool({"pause"}), HasSubstr("paused"));
  REQUIRE_OK(provider(1).set_link("cpe0", false));
  EXPECT_TRUE(says("wan1 is down"));
  EXPECT_THAT(default_route(), HasSubstr("eth1"));
  daemon().signal(SIGKILL);
  ASSERT_TRUE(daemon().wait(10s));
  const auto since = mark();
  start_daemon();
  EXPECT_TRUE(says("still in force from the last run: paused", 0));
  EXPECT_TRUE(says("wan2 is good", 0));
  EXPECT_EQ(status()["paused"], true);
  EXPECT_THAT(config_tool({"failover", "wan2"}), HasSubstr("paused: resume first"));
  EXPECT_THAT(config_tool({"resume"}), HasSubstr("no longer paused"));
  EXPECT_TRUE(wait_until(30s, [this] { return default_route().find("eth2") != std::string::npos; }))
      << log().substr(std::min(since, log().size()));
  stop_daemon();
}

TEST_F(OperateTest, MaintenanceKeepsALinkOut) {
  both_good();
  EXPECT_THAT(config_tool({"maintenance", "wan1", "on"}), HasSubstr("wan1 is in maintenance"));
  EXPECT_THAT(default_route(), HasSubstr("eth2"));
  EXPECT_THAT(config_tool({"maintenance", "wan2", "on"}), HasSubstr("no other link can"));
  EXPECT_EQ(status()["links"][0]["maintenance"], true);
  EXPECT_THAT(config_tool({"maintenance", "wan1", "off"}), HasSubstr("may be chosen again"));
  EXPECT_TRUE(
      wait_until(30s, [this] { return default_route().find("eth1") != std::string::npos; }));
  stop_daemon();
}

TEST_F(OperateTest, WithoutADaemonItSaysHowToStartOne) {
  EXPECT_THAT(config_tool({"status"}),
              AllOf(HasSubstr("exit code 3"), HasSubstr("no daemon runs here"),
                    HasSubstr("start it with: mwan-daemon-universal --config-dir")));
  EXPECT_THAT(config_tool({"check"}), HasSubstr("is in order: 2 links, preferred wan1"));
  write_profile("wan2", "KIND=ethernet\nPRIORITY=two\n");
  EXPECT_THAT(config_tool({"check"}),
              AllOf(HasSubstr("exit code 2"), HasSubstr("profiles/wan2:2: PRIORITY")));
}

}  // namespace
}  // namespace mwan::lab
