// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon says, to people, when something is wrong: the real program, in a namespace.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr const char* settings = "PROBE_TARGETS=198.51.100.10\n";
constexpr const char* wired =
    "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESS=203.0.113.2/30\nGATEWAY=203.0.113.1\n";

class Messages : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
    auto folder = WorkFolder::temporary();
    ASSERT_TRUE(folder) << folder.error().text();
    folder_ = std::make_unique<WorkFolder>(std::move(*folder));
    auto netns = NetNs::create("router");
    ASSERT_TRUE(netns) << netns.error().text();
    netns_ = std::make_unique<NetNs>(std::move(*netns));
    fs::create_directories(config() / "profiles");
    write("settings", settings);
    write("profiles/wired", wired);
  }
  [[nodiscard]] fs::path config() const { return folder_->path() / "config"; }
  [[nodiscard]] fs::path state() const { return folder_->path() / "state"; }
  [[nodiscard]] fs::path log() const { return folder_->path() / "daemon.log"; }
  void write(const std::string& name, const std::string& text) const {
    const Status status = write_file(config() / name, text);
    ASSERT_TRUE(status) << status.error().text();
  }
  void start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> argv = {MWAN_DAEMON, "--config-dir", config(), "--state-dir", state()};
    argv.insert(argv.end(), more.begin(), more.end());
    auto started = Process::start({argv, netns_.get(), log(), log()});
    ASSERT_TRUE(started) << started.error().text();
    daemon_ = std::move(*started);
  }
  std::string ended_with() {
    const auto status = daemon_.wait(20s);
    return status ? Process::words(*status) : "did not end";
  }
  void wait_for(const std::string& words) {
    EXPECT_TRUE(wait_until(20s, [&] { return read_file(log()).find(words) != std::string::npos; }))
        << "never said: " << words << "\n"
        << read_file(log());
  }
  std::string kernel() {
    std::string out;
    const std::vector<std::vector<std::string>> listings = {
        {"ip", "addr"}, {"ip", "rule"}, {"ip", "route", "show", "table", "all"}};
    for (const auto& listing : listings) {
      auto text = run(netns_.get(), listing);
      out += text ? *text : text.error().text();
    }
    return out;
  }

  std::unique_ptr<WorkFolder> folder_;
  std::unique_ptr<NetNs> netns_;
  Process daemon_;
};

TEST_F(Messages, AWrongKeyIsNamedWithFileLineAndTheRightOne) {
  write("settings", std::string(settings) + "PROBE_INTERVALL_MS=100\n");
  start();
  EXPECT_EQ(ended_with(), "exit code 2");
  EXPECT_THAT(read_file(log()), HasSubstr("settings:2: "));
  EXPECT_THAT(read_file(log()), HasSubstr("PROBE_INTERVAL_MS?"));
}

TEST_F(Messages, AnUnreadableProfileIsNamed) {
  fs::create_directories(config() / "profiles" / "lte");  // even root cannot read it as a file
  start();
  EXPECT_EQ(ended_with(), "exit code 2");
  EXPECT_THAT(read_file(log()), HasSubstr("profiles/lte: "));
}

TEST_F(Messages, CheckSaysThatAllIsInOrder) {
  start({"--check"});
  EXPECT_EQ(ended_with(), "exit code 0");
  EXPECT_THAT(read_file(log()), HasSubstr("is in order"));
  EXPECT_FALSE(fs::exists(state()));
}

TEST_F(Messages, AMissingInterfaceIsNamedAndTakenWhenItAppears) {
  start();
  wait_for("wired: no network device named eth1");
  ASSERT_TRUE(ip(*netns_, "link add eth1 type veth peer name far"));
  ASSERT_TRUE(ip(*netns_, "link set far up"));
  wait_for("default route to wired");
  daemon_.signal(SIGTERM);
  EXPECT_EQ(ended_with(), "exit code 0");
}

TEST_F(Messages, ARefusedModemSocketIsNamedAndTriedAgain) {
  write("profiles/lte",
        "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nNETDEV=wwan0\nQMI_PROXY=nobody-listens\n"
        "SIMULATED=yes\n");
  start();
  wait_for("lte: qmi open");
  wait_for("nobody-listens");
  wait_for("trying again in");
  daemon_.signal(SIGTERM);
  EXPECT_EQ(ended_with(), "exit code 0");
}

TEST_F(Messages, ASecondDaemonIsTurnedAway) {
  start();
  wait_for("started");
  const Process first = std::move(daemon_);
  start();
  EXPECT_EQ(ended_with(), "exit code 3");
  EXPECT_THAT(read_file(log()), HasSubstr("already running as process"));
}

TEST_F(Messages, ADryRunChangesNothing) {
  ASSERT_TRUE(ip(*netns_, "link add eth1 type veth peer name far"));
  ASSERT_TRUE(ip(*netns_, "link set far up"));
  ASSERT_TRUE(ip(*netns_, "link set eth1 up"));
  const std::string before = kernel();
  write("profiles/lte",
        "KIND=modem\nPRIORITY=2\nDEVICE=/dev/cdc-wdm0\nNETDEV=wwan0\nSIMULATED=yes\n");
  start({"--dry-run"});
  wait_for("would put 203.0.113.2/30 on eth1");
  wait_for("lte: dry run: it is not opened");
  EXPECT_EQ(kernel(), before);
  daemon_.signal(SIGTERM);
  EXPECT_EQ(ended_with(), "exit code 0");
  EXPECT_EQ(kernel(), before);
  EXPECT_FALSE(fs::exists(state()));
}

TEST_F(Messages, ADryRunFollowsLinksThatSomebodyElseManages) {
  ASSERT_TRUE(ip(*netns_, "link add eth1 type veth peer name far"));
  ASSERT_TRUE(ip(*netns_, "link set far up"));
  ASSERT_TRUE(ip(*netns_, "link set eth1 up"));
  ASSERT_TRUE(ip(*netns_, "addr add 203.0.113.2/30 dev eth1"));
  start({"--dry-run"});
  wait_for("dry run: would move the default route to wired");
  ASSERT_TRUE(netns_->set_link("far", false));
  wait_for("wired is down: no carrier");
}

TEST_F(Messages, ABrokenReloadChangesNothingAGoodOneDoes) {
  ASSERT_TRUE(ip(*netns_, "link add eth1 type veth peer name far"));
  ASSERT_TRUE(ip(*netns_, "link set far up"));
  start();
  wait_for("default route to wired");
  write("profiles/wired", "KIND=ethernet\nNONSENSE=1\n");
  daemon_.signal(SIGHUP);
  wait_for("the configuration in force stays as it is");
  EXPECT_THAT(kernel(), HasSubstr("203.0.113.2/30"));
  write("profiles/wired",
        "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESS=203.0.113.6/30\nGATEWAY=203.0.113.5\n");
  daemon_.signal(SIGHUP);
  EXPECT_TRUE(wait_until(20s,
                         [this] {
                           const std::string now = kernel();
                           return now.find("203.0.113.6/30") != std::string::npos &&
                                  now.find("default via 203.0.113.5") != std::string::npos &&
                                  now.find("203.0.113.2") == std::string::npos;
                         }))
      << kernel() << read_file(log());
}

}  // namespace
}  // namespace mwan::lab
