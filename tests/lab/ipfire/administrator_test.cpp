// SPDX-License-Identifier: LGPL-2.1-or-later
// An administrator acts on RED while a backup is in its place: at a terminal, in the web UI. The
// daemon sees it, says so, and keeps out of the way until it is told to go on, also when it is
// started anew meanwhile.
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Administrator : public IpfireLab, public testing::WithParamInterface<bool> {
 protected:
  [[nodiscard]] bool full() const { return GetParam(); }
  void on_the_backup() {
    boot(Red::Static);
    if (HasFatalFailure()) return;
    write_config(full() ? "IPFIRE_MODE=full\n" : "");
    before_ = box_state();
    start_until_steady();
    red_works(false);
    ASSERT_TRUE(says("-> MonitoringBackup"));
    ASSERT_TRUE(says("RED is guarded"));
    expect_lan_traffic();
  }
  // What mwan-config prints.
  [[nodiscard]] std::string tool(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {MWAN_CONFIG_TOOL, "--config-dir", folder() / "config",
                                     "--state-dir", state()};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto out = on_box(argv);
    return out ? *out : out.error().text();
  }
  void at_a_terminal(const std::string& command) const {
    REQUIRE_OK(on_box({"script", "-qec", "/etc/rc.d/init.d/" + command, "/dev/null"}));
  }
  // As the web UI does: in the file itself.
  void save_settings(const std::string& from, const std::string& to) const {
    std::string text = settings();
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << text;
    std::ofstream(settings_file()) << text.replace(at, from.size(), to);
  }
  [[nodiscard]] fs::path settings_file() const { return folder() / "ipfire/ethernet/settings"; }
  [[nodiscard]] std::string settings() const { return read_file(settings_file()); }
  void expect_stood_aside(std::size_t since) const {
    ASSERT_TRUE(says("paused, because an administrator acts on RED", since));
    EXPECT_THAT(tool({"status"}), AllOf(HasSubstr("STOOD ASIDE"), HasSubstr("mwan-config resume")));
    const auto json = nlohmann::json::parse(tool({"status", "--json"}), nullptr, false);
    EXPECT_EQ(json.value("paused", false), true);
    EXPECT_NE(json.value("stood_aside", ""), "");
  }
  void expect_left_alone(std::size_t since) const {
    EXPECT_THAT(log().substr(since), Not(HasSubstr("put right")));
    EXPECT_FALSE(has_red_file("active"));
    EXPECT_FALSE(lan_works());
  }
  void resume() const {
    EXPECT_THAT(tool({"resume"}), HasSubstr("no longer paused"));
    EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "eth1"; }));
    EXPECT_TRUE(wait_until(20s, [&] { return has_red_file("active"); }));
    expect_lan_traffic();
    EXPECT_THAT(tool({"status"}), Not(HasSubstr("STOOD ASIDE")));
  }
  void expect_back_on_the_primary() const {
    const auto back = mark();
    red_works(true);
    ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
    EXPECT_EQ(red_file("iface"), "red0");
    expect_lan_traffic();
  }
  std::vector<std::string> before_;
};

TEST_P(Administrator, ARedThatIsStoppedStaysStopped) {
  on_the_backup();
  if (HasFatalFailure()) return;
  const auto stopped = mark();
  at_a_terminal("networking/red stop");
  expect_stood_aside(stopped);
  EXPECT_THAT(tool({"status"}), HasSubstr("by a person"));
  // Longer than any repair takes, also of what it would do when RED changes again.
  sleep_for(2s);
  expect_left_alone(stopped);
  EXPECT_THAT(tool({"failback"}), HasSubstr("resume first"));

  // Nor does the next run know better.
  kill_daemon();
  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("left alone until `mwan-config resume`", again));
  ASSERT_TRUE(says("ethernet-backup is good", again));
  sleep_for(1s);
  expect_left_alone(stopped);
  EXPECT_THAT(tool({"status"}), HasSubstr("STOOD ASIDE"));

  resume();
  expect_back_on_the_primary();
  stop_daemon();
  expect_box_is(before_);
}

TEST_P(Administrator, ARedThatIsStoppedIsNotStartedByTheEndOfTheDaemon) {
  on_the_backup();
  if (HasFatalFailure()) return;
  const std::string primarys = read_file(state() / "primary-backup/ethernet-settings");
  const auto stopped = mark();
  at_a_terminal("networking/red stop");
  expect_stood_aside(stopped);
  const auto called = box_log().size();
  stop_daemon();
  EXPECT_THAT(box_log().substr(called), Not(HasSubstr("red start")));
  EXPECT_FALSE(has_red_file("active"));
  EXPECT_EQ(settings(), primarys);
  EXPECT_FALSE(fs::exists(state() / "takeover"));
  EXPECT_FALSE(fs::exists(state() / "backup-settings"));
  // The administrator starts it again, and all is as it was.
  red_works(true);
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/networking/red", "start"}));
  EXPECT_TRUE(wait_until(20s, [&] { return lan_works(); }));
  expect_box_is(before_);
}

TEST_P(Administrator, WhatTheWebUiSavesIsKept) {
  on_the_backup();
  if (HasFatalFailure()) return;
  const auto saved = mark();
  save_settings("CONFIG_TYPE=1", "CONFIG_TYPE=1\nGREEN_MTU=1400");
  expect_stood_aside(saved);
  EXPECT_THAT(tool({"status"}), HasSubstr("ethernet/settings was changed"));
  fs::remove(folder() / "ipfire/red/active");
  sleep_for(2s);
  EXPECT_FALSE(has_red_file("active"));
  EXPECT_THAT(log().substr(saved), Not(HasSubstr("put right")));
  resume();
  expect_back_on_the_primary();
  stop_daemon();
  EXPECT_THAT(settings(), AllOf(HasSubstr("GREEN_MTU=1400\n"), HasSubstr("RED_DEV=red0\n"),
                                HasSubstr("RED_ADDRESS=10.1.0.2\n")));
}

// The primary has another address from then on.
TEST_P(Administrator, ARedThatIsSetUpAnewIsThePrimary) {
  on_the_backup();
  if (HasFatalFailure()) return;
  const auto saved = mark();
  if (full()) save_settings("RED_DEV=eth1", "RED_DEV=red0");
  const std::string old = full() ? "10.2.0" : "10.1.0";
  save_settings("RED_ADDRESS=" + old + ".2", "RED_ADDRESS=10.1.0.9");
  save_settings("RED_NETADDRESS=" + old + ".0", "RED_NETADDRESS=10.1.0.0");
  save_settings("DEFAULT_GATEWAY=" + old + ".1", "DEFAULT_GATEWAY=10.1.0.1");
  expect_stood_aside(saved);
  const std::string anew = settings();
  resume();
  EXPECT_EQ(read_file(state() / "primary-backup/ethernet-settings"), anew);
  expect_back_on_the_primary();
  EXPECT_EQ(red_file("local-ipaddress"), "10.1.0.9");
  stop_daemon();
  EXPECT_EQ(settings(), anew);
}

INSTANTIATE_TEST_SUITE_P(Modes, Administrator, testing::Bool(),
                         [](const auto& info) { return info.param ? "Full" : "Fast"; });

// IPFire's hooks in red.up and red.down, which only tell; RED's files say the rest.
class Hooks : public IpfireLab {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const std::string direction : {"up", "down"}) {
      const auto hook = folder() / "rc.d/init.d/networking" / ("red." + direction) / "01-mwan";
      REQUIRE_OK(write_file(hook, "#!/bin/sh\n" MWAN_HOTPLUG_TOOL " --state-dir " +
                                      state().string() + " red " + direction +
                                      " >/dev/null 2>&1 </dev/null &\nexit 0\n"));
      fs::permissions(hook, fs::perms(0755));
    }
  }
};

TEST_F(Hooks, TheDaemonIsToldAndFollows) {
  boot(Red::Static);
  start_until_steady();
  const auto stopped = mark();
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/networking/red", "stop"}));
  EXPECT_TRUE(says("IPFire's hook: RED went down", stopped));
  EXPECT_TRUE(says("-> MonitoringBackup", stopped));
  stop_daemon();
}

// What touches RED's files without anybody seeing it, and without a hook, is found out by the next.
TEST_F(Hooks, AHookIsEnoughToLookAgain) {
  boot(Red::Static);
  fs::rename(folder() / "ipfire/red", folder() / "ipfire/aside");
  fs::create_directory(folder() / "ipfire/red");
  start_daemon();
  ASSERT_TRUE(says("ethernet-backup is good"));
  // Another folder than the one that is watched.
  fs::remove(folder() / "ipfire/red");
  fs::rename(folder() / "ipfire/aside", folder() / "ipfire/red");
  sleep_for(1s);
  EXPECT_THAT(log(), Not(HasSubstr("RED is good")));
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/networking/red.up/01-mwan"}));
  EXPECT_TRUE(says("IPFire's hook: RED came up"));
  EXPECT_TRUE(says("RED is good"));
  stop_daemon();
}

}  // namespace
}  // namespace mwan::lab
