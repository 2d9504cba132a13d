// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/program.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <unistd.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ProgramTest : public testing::Test {
 protected:
  void start(Program program) { job_.start(run(std::move(program))); }
  void finish() {
    while (job_.running()) loop_.iterate(true);
  }
  Result<ProgramResult> result_of(Program program) {
    start(std::move(program));
    finish();
    return result_.value_or(failed(FailureClass::Permanent, "test", "no result"));
  }
  // A shell is a program like any other, where a test needs one that misbehaves.
  static Program script(const std::string& text) {
    return {.argv = {"/bin/sh", "-c", text}, .limit = 20s};
  }
  Loop loop_;
  Cancel cancel_;
  Job job_;
  std::optional<Result<ProgramResult>> result_;

 private:
  Task<void> run(Program program) {
    Task<Result<ProgramResult>> task = run_program(loop_, std::move(program), cancel_);
    result_ = co_await task;
  }
};

bool runs(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

TEST_F(ProgramTest, ArgumentsAreNotInterpreted) {
  const auto result = result_of({.argv = {"/bin/echo", "$HOME", ";", "a b"}});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_TRUE(result->succeeded());
  EXPECT_EQ(result->output, "$HOME ; a b\n");
}

TEST_F(ProgramTest, TheEnvironmentIsOursWithWhatIsGiven) {
  Program program = script("echo $MWAN_TEST,$PATH,$HOME");
  program.environment = {"MWAN_TEST=a b", "HOME=/elsewhere"};
  const auto result = result_of(program);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->output, std::string("a b,") + ::getenv("PATH") + ",/elsewhere\n");
}

TEST_F(ProgramTest, ExitCodesAndSignalsAreResults) {
  auto result = result_of(script("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->succeeded());
  EXPECT_EQ(result->words(), "exit code 3");
  EXPECT_EQ(result->output, "out\nerr\n");
  result = result_of(script("kill -9 $$"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->words(), "killed by signal 9 (Killed)");
}

TEST_F(ProgramTest, InputIsEmpty) {
  const auto result = result_of({.argv = {"/bin/cat"}, .limit = 20s});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "");
}

TEST_F(ProgramTest, NothingIsInherited) {
  const int fd = dup(0);  // without close-on-exec, as careless libraries do
  const auto result = result_of(script("for f in /proc/self/fd/*; do echo ${f##*/}; done"));
  close(fd);
  ASSERT_TRUE(result);
  // 3 is the folder itself, while it is read
  EXPECT_EQ(result->output, "0\n1\n2\n3\n");
}

TEST_F(ProgramTest, OutputIsBounded) {
  Program program = script("head -c 300000 /dev/zero | tr '\\0' x");
  program.output_limit = 1000;
  const auto result = result_of(program);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->succeeded());
  EXPECT_EQ(result->output, std::string(1000, 'x'));
  EXPECT_TRUE(result->cut);
}

TEST_F(ProgramTest, WhatCannotBeStartedSaysWhy) {
  auto result = result_of({.argv = {"/nonexistent/hook"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure, FailureClass::Permanent);
  EXPECT_THAT(result.error().text(), HasSubstr("/nonexistent/hook"));
  EXPECT_FALSE(result_of({.argv = {"echo", "relative"}}));
  EXPECT_FALSE(result_of({}));
}

TEST_F(ProgramTest, TheLimitEndsItWithItsChildren) {
  Program program = script("sleep 600 & echo $!; wait");
  program.limit = 500ms;
  const auto result = result_of(program);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure, FailureClass::Transient);
  EXPECT_THAT(result.error().message, HasSubstr("longer than 0.5 s"));
  const std::string& text = result.error().message;
  const auto child = static_cast<pid_t>(std::stol(text.substr(text.rfind(' ') + 1)));
  ASSERT_GT(child, 1);
  // an orphan is reaped by init, or is a zombie until then
  for (int i = 0; i < 500 && runs(child); ++i) {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string all;
    std::getline(stat, all);
    if (all.find(") Z ") != std::string::npos) break;
    ASSERT_LT(i, 499) << all;
    usleep(10000);
  }
}

TEST_F(ProgramTest, WhoIgnoresSigtermIsKilled) {
  Program program = script("trap '' TERM; while :; do sleep 0.1; done");
  program.limit = 300ms;
  program.grace = 300ms;
  const auto result = result_of(program);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("was ended"));
}

TEST_F(ProgramTest, WhoCleansUpAtSigtermIsGivenTheTime) {
  Program program =
      script("trap 'echo power is on again; exit 0' TERM; while :; do sleep 0.05; done");
  program.limit = 500ms;
  program.grace = 20s;
  const auto result = result_of(program);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("power is on again"));
}

TEST_F(ProgramTest, CancellingEndsIt) {
  start(script("sleep 600"));
  loop_.iterate(false);
  ASSERT_TRUE(job_.running());
  cancel_.cancel();
  finish();
  ASSERT_TRUE(result_ && !*result_);
  EXPECT_EQ(result_->error().failure, FailureClass::Cancelled);
  // and before the start it is none
  EXPECT_EQ(result_of(script("exit 0")).error().failure, FailureClass::Cancelled);
}

TEST_F(ProgramTest, DestroyingTheTaskKillsIt) {
  const auto file =
      std::filesystem::path(testing::TempDir()) / ("mwan_program_" + std::to_string(getpid()));
  start(script("echo $$ > " + file.string() + ".new; mv " + file.string() + ".new " +
               file.string() + "; sleep 600"));
  for (int i = 0; i < 1000 && !std::filesystem::exists(file); ++i) usleep(10000);
  pid_t pid = 0;
  std::ifstream(file) >> pid;
  std::filesystem::remove(file);
  ASSERT_GT(pid, 1);
  job_.reset();
  for (int i = 0; i < 1000 && runs(pid); ++i) {
    loop_.iterate(false);
    usleep(10000);
  }
  EXPECT_FALSE(runs(pid));
}

TEST_F(ProgramTest, WhatItLeavesRunningDoesNotKeepUsWaiting) {
  const auto result = result_of(script("sleep 3 & echo done"));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "done\n");
}

TEST(LastWords, AreOneCleanLine) {
  EXPECT_EQ(last_words("a\nb\x1b[1m\n\n"), "a b [1m");
  EXPECT_EQ(last_words("0123456789", 4), "...6789");
  EXPECT_EQ(last_words(""), "");
}

}  // namespace
}  // namespace mwan
