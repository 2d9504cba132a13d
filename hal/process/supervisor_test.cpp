// SPDX-License-Identifier: LGPL-2.1-or-later
// With the real keeper and real programs.
#include "hal/process/supervisor.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/process/left_behind.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

bool gone(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  return text.empty() || text.find(") Z ") != std::string::npos;
}

// Soon, if not already; the kernel reports nothing.
bool goes(pid_t pid) {
  for (int i = 0; i < 1000 && !gone(pid); ++i) usleep(10000);
  return gone(pid);
}

class SupervisorTest : public ::testing::Test {
 public:
  ~SupervisorTest() override {
    supervisor_.reset();
    fs::remove_all(folder_);
  }

 protected:
  SupervisorTest() {
    folder_ = fs::path(::testing::TempDir()) / ("mwan_supervisor_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  [[nodiscard]] SupervisedProgram script(const std::string& text) const {
    return {.argv = {"/bin/sh", "-c", text},
            .keeper = MWAN_KEEPER,
            .pid_file = folder_ / "pid",
            .grace = 2s};
  }
  void start(SupervisedProgram program) {
    supervisor_ = std::make_unique<Supervisor>(
        loop_, std::move(program),
        Supervisor::Calls{.line = [this](const std::string& line) { said_.push_back(line); },
                          .ended =
                              [this](const ProgramEnd& end, Duration back_off) {
                                ends_.push_back(end);
                                back_offs_.push_back(back_off);
                                return again_;
                              }});
    supervisor_->start();
  }
  void stop() {
    Job job;
    job.start(supervisor_->stop());
    ASSERT_TRUE(until([&] { return !job.running(); }));
    EXPECT_FALSE(supervisor_->kept());
  }
  template <class Condition>
  bool until(Condition condition, Duration limit = 20s) {
    bool over = false;
    const auto timer = loop_.after(limit, [&over] { over = true; });
    while (!over && !condition()) loop_.iterate(true);
    return condition();
  }
  // The number that a line "NAME PID" says.
  [[nodiscard]] pid_t pid_said(const std::string& name) const {
    for (const auto& line : said_) {
      if (line.starts_with(name + " ")) return std::stoi(line.substr(name.size() + 1));
    }
    return 0;
  }
  bool said(const std::string& name) {
    return until([&] { return pid_said(name) > 1; });
  }

  fs::path folder_;
  Loop loop_;
  std::unique_ptr<Supervisor> supervisor_;
  std::vector<std::string> said_;
  std::vector<ProgramEnd> ends_;
  std::vector<Duration> back_offs_;
  std::optional<Duration> again_;  // what `ended` answers
};

TEST_F(SupervisorTest, OutputArrivesAsLinesAndTheEndAsItWas) {
  start(script("echo out; echo err >&2; exit 19"));
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_EQ(ends_[0].words(), "exit code 19");
  EXPECT_THAT(said_, ::testing::ElementsAre("out", "err"));
  EXPECT_EQ(supervisor_->last_line(), "err");
  EXPECT_FALSE(supervisor_->kept());
  EXPECT_FALSE(fs::exists(folder_ / "pid"));
}

TEST_F(SupervisorTest, ASignalThatEndedItIsToldAsSuch) {
  start(script("kill -9 $$"));
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_EQ(ends_[0].words(), "killed by signal 9 (Killed)");
}

TEST_F(SupervisorTest, AProgramThatIsMissingSaysSo) {
  start({.argv = {"/nonexistent/dhcpcd"}, .keeper = MWAN_KEEPER, .pid_file = folder_ / "pid"});
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_EQ(ends_[0].exit_code, 127);
  EXPECT_THAT(said_, Contains(HasSubstr("/nonexistent/dhcpcd: No such file")));
}

TEST_F(SupervisorTest, ItIsStartedAgainWithMoreAndMoreTimeBetween) {
  again_ = 1ms;
  start(script("exit 1"));
  ASSERT_TRUE(until([this] { return ends_.size() >= 4; }));
  EXPECT_THAT(std::vector<Duration>(back_offs_.begin(), back_offs_.begin() + 4),
              ::testing::ElementsAre(1s, 2s, 4s, 8s));
  stop();
}

TEST_F(SupervisorTest, StoppingEndsItWithAllItHasStarted) {
  // One child in the group, one that left it and its parent as daemons do.
  start(
      script("sleep 600 & echo one $!; setsid sh -c 'sleep 600 & echo two $!' ; echo main $$; "
             "wait"));
  ASSERT_TRUE(said("main") && said("one") && said("two"));
  stop();
  for (const char* name : {"main", "one", "two"}) EXPECT_TRUE(gone(pid_said(name))) << name;
  EXPECT_TRUE(ends_.empty());
}

TEST_F(SupervisorTest, ItMayCleanUpFirst) {
  start(script("trap 'echo cleaned $$; exit 0' TERM; echo main $$; while :; do sleep 0.05; done"));
  ASSERT_TRUE(said("main"));
  stop();
  EXPECT_GT(pid_said("cleaned"), 1);
}

TEST_F(SupervisorTest, WhoIgnoresSigtermIsKilled) {
  SupervisedProgram program = script("trap '' TERM; echo main $$; while :; do sleep 0.05; done");
  program.grace = 200ms;
  start(std::move(program));
  ASSERT_TRUE(said("main"));
  stop();
  EXPECT_TRUE(gone(pid_said("main")));
}

TEST_F(SupervisorTest, WhatIsLeftOfItIsEndedWhenItEnds) {
  start(script("sleep 600 & echo one $!; exit 0"));
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_TRUE(gone(pid_said("one")));
}

TEST_F(SupervisorTest, NothingSurvivesTheKeeperEither) {
  start(script("sleep 600 & echo one $!; echo main $$; wait"));
  ASSERT_TRUE(said("main") && said("one"));
  pid_t keeper = 0;
  std::ifstream(folder_ / "pid") >> keeper;
  ASSERT_EQ(kill(keeper, SIGKILL), 0);
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_EQ(ends_[0].signal, SIGKILL);
  EXPECT_TRUE(goes(pid_said("one")) && goes(pid_said("main")));
}

TEST_F(SupervisorTest, SignalsReachTheProgram) {
  start(script("trap 'echo again $$' HUP; echo main $$; while :; do sleep 0.05; done"));
  ASSERT_TRUE(said("main"));
  supervisor_->signal(SIGHUP);
  EXPECT_TRUE(said("again"));
  stop();
}

TEST_F(SupervisorTest, AFloodOfLinesIsCutShort) {
  start(script("i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done"));
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_LE(said_.size(), 120U);
  EXPECT_EQ(supervisor_->last_line(), "line 4999");
}

TEST_F(SupervisorTest, ItFindsItsOwnFolderWhereTheSystemsIs) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a mount namespace";
  const fs::path system = folder_ / "system";
  const fs::path ours = folder_ / "ours";
  fs::create_directories(system);
  fs::create_directories(ours);
  SupervisedProgram program = script("echo x > " + (system / "file").string());
  program.folders = {{system.string(), ours.string()}};
  start(std::move(program));
  ASSERT_TRUE(until([this] { return !ends_.empty(); }));
  EXPECT_TRUE(ends_[0].succeeded()) << supervisor_->last_line();
  EXPECT_TRUE(fs::exists(ours / "file"));
  EXPECT_FALSE(fs::exists(system / "file"));
}

// A parent that is killed, in a process of its own. Returns the program's number.
pid_t kept_by_a_parent_that_is_killed(const fs::path& folder, bool keeper_too) {
  const pid_t parent = fork();
  if (parent == 0) {
    Loop loop;
    // Without a death signal, as programs that change their user.
    SupervisedProgram program{
        .argv = {"/usr/bin/setpriv", "--pdeathsig", "clear", "/bin/sleep", "600"},
        .keeper = MWAN_KEEPER,
        .pid_file = folder / "pid"};
    Supervisor supervisor(loop, program, {.line = {}, .ended = [](const ProgramEnd&, Duration) {
                                            return std::optional<Duration>();
                                          }});
    supervisor.start();
    loop.run();
    _exit(0);
  }
  std::vector<pid_t> running;
  for (int i = 0; i < 1000 && running.size() < 2; ++i) {
    running = left_of_group(folder / "pid", "/bin/sleep");
    usleep(10000);
  }
  if (running.size() == 2 && keeper_too) {
    kill(parent, SIGSTOP);
    kill(running[0], SIGKILL);
  }
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  return running.size() == 2 ? running[1] : 0;
}

TEST_F(SupervisorTest, AKilledParentLeavesNothing) {
  const pid_t program = kept_by_a_parent_that_is_killed(folder_, false);
  ASSERT_GT(program, 1);
  EXPECT_TRUE(goes(program));
}

TEST_F(SupervisorTest, TheNextRunEndsWhatTheLastOneLeft) {
  const pid_t program = kept_by_a_parent_that_is_killed(folder_, true);
  ASSERT_GT(program, 1);
  ASSERT_FALSE(gone(program));
  SupervisedProgram next{.argv = {"/bin/sleep", "600"},
                         .keeper = MWAN_KEEPER,
                         .pid_file = folder_ / "pid",
                         .grace = 300ms};
  start(next);
  ASSERT_TRUE(until([this] { return !said_.empty(); }));
  EXPECT_THAT(said_[0], HasSubstr("/bin/sleep of an earlier run was ended"));
  EXPECT_TRUE(gone(program));
  stop();
}

TEST_F(SupervisorTest, WhoeverHasTheNumberNowIsLeftAlone) {
  const pid_t other = fork();
  if (other == 0) {
    setpgid(0, 0);
    execl("/bin/sleep", "sleep", "600", nullptr);
    _exit(127);
  }
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::ofstream(folder_ / "pid") << other << " 1 " << boot << "\n";
  EXPECT_TRUE(left_of_group(folder_ / "pid", "/bin/sleep").empty());
  std::ofstream(folder_ / "pid") << "1 1 " << boot << "\n";
  EXPECT_TRUE(left_of_group(folder_ / "pid", "/bin/sleep").empty());
  std::ofstream(folder_ / "pid") << "nonsense";
  EXPECT_TRUE(left_of_group(folder_ / "pid", "/bin/sleep").empty());
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
}

}  // namespace
}  // namespace mwan
