// SPDX-License-Identifier: LGPL-2.1-or-later
// Which processes act on RED, and that they are ended while others stay.
#include "failover/host/ipfire/actors.hpp"

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "failover/host/ipfire/test_folder.hpp"
#include "hal/process/child.hpp"

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;

bool dhcpcd(std::vector<std::string> argv) {
  return is_actor(ActorKind::Dhcpcd, {"dhcpcd", std::move(argv)}, "red0");
}

TEST(Actors, DhcpcdOfRedIsOne) {
  EXPECT_TRUE(dhcpcd({"/sbin/dhcpcd", "--background", "red0"}));
  EXPECT_TRUE(dhcpcd({"dhcpcd: red0 [ip4]"}));
  EXPECT_TRUE(dhcpcd({"dhcpcd: [privileged proxy] red0 [ip4]"}));
  EXPECT_TRUE(dhcpcd({"dhcpcd: [manager] [ip4]"}));
  EXPECT_TRUE(dhcpcd({"/sbin/dhcpcd"}));
}

TEST(Actors, OthersAreNot) {
  EXPECT_FALSE(dhcpcd({"/sbin/dhcpcd", "blue0"}));
  EXPECT_FALSE(dhcpcd({"dhcpcd: red01 [ip4]"}));
  EXPECT_FALSE(is_actor(ActorKind::Dhcpcd, {"bash", {"bash", "dhcpcd", "red0"}}, "red0"));
  EXPECT_FALSE(is_actor(ActorKind::Pppd, {"vi", {"vi", "/etc/ppp/ip-up"}}, "red0"));
  EXPECT_FALSE(is_actor(ActorKind::Connectd, {"less", {"less", "-N", "-S", "connectd"}}, "red0"));
}

TEST(Actors, ConnectdIsAScript) {
  EXPECT_TRUE(is_actor(ActorKind::Connectd,
                       {"bash", {"/bin/sh", "/etc/rc.d/init.d/connectd", "start"}}, "red0"));
  EXPECT_TRUE(
      is_actor(ActorKind::Connectd, {"dash", {"/etc/init.d/connectd", "reconnect"}}, "red0"));
}

TEST(Actors, PppdAndItsScriptAreOnes) {
  EXPECT_TRUE(is_actor(ActorKind::Pppd, {"pppd", {"/usr/sbin/pppd", "plugin"}}, "red0"));
  EXPECT_TRUE(is_actor(ActorKind::Pppd, {"bash", {"/bin/sh", "/etc/ppp/ip-down", "ppp0"}}, ""));
}

// A process that looks like connectd, which nothing else in a test run does. It is not our child,
// so that it counts as somebody else's.
class Ending : public ::testing::Test {
 protected:
  void start(const std::string& text) {
    folder.write("connectd", text);
    folder.write("run", "#!/bin/sh\n" + (folder / "connectd") +
                            " start >/dev/null 2>&1 &\necho $! >" + (folder / "pid") + "\n");
    for (const char* name : {"connectd", "run"}) ::chmod((folder / name).c_str(), 0755);
    const pid_t starter = ::fork();
    if (starter == 0) {
      ::execl((folder / "run").c_str(), "run", nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(starter, &status, 0);
    std::ifstream(folder / "pid") >> pid;
    ASSERT_GT(pid, 1);
    // Until the shell has become it.
    for (int i = 0; i < 200 && !is_there(); ++i) ::usleep(10'000);
    ASSERT_TRUE(is_there());
  }
  void TearDown() override {
    if (pid > 1) ::kill(pid, SIGKILL);
  }
  void SetUp() override {
    // Somebody else's tests have such processes as well.
    if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "needs root for a network namespace";
  }
  [[nodiscard]] bool is_there() const {
    const auto found = find_actors(ActorKind::Connectd, "");
    return std::ranges::any_of(found, [&](const Actor& a) { return a.pid == pid; });
  }
  void end(EndingPolicy policy) {
    Job job;
    job.start(run(policy));
    while (job.running()) loop.iterate(true);
  }
  Task<void> run(EndingPolicy policy) {
    std::string device;
    result = co_await end_actors(loop, ActorKind::Connectd, device, policy);
  }

  testing::TestFolder folder;
  Loop loop;
  pid_t pid = 0;
  Result<int> result = 0;
};

TEST_F(Ending, TermIsEnoughForMost) {
  start("#!/bin/sh\nwhile :; do sleep 1; done\n");
  end({.grace = 5s});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_GE(*result, 1);
  EXPECT_FALSE(is_there());
}

TEST_F(Ending, WhatIgnoresItIsKilled) {
  start("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n");
  end({.grace = 300ms});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_FALSE(is_there());
}

TEST_F(Ending, AtOnceLeavesItNoTimeForItsScripts) {
  start("#!/bin/sh\ntrap 'touch " + (folder / "said") +
        "; exit' TERM\nwhile :; do sleep 0.1; done\n");
  end({.at_once = true});
  EXPECT_FALSE(is_there());
  EXPECT_FALSE(folder.has("said"));
}

TEST_F(Ending, NothingThereIsNothingToDo) {
  end({.grace = 1s});
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 0);
}

}  // namespace
}  // namespace mwan::failover::ipfire
