// SPDX-License-Identifier: LGPL-2.1-or-later
// What is left behind: nothing, by the daemon in the router's network, by the demo on the machine.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class CleanUp : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
    auto made = WorkFolder::temporary();
    REQUIRE_OK(made);
    folder_ = std::make_unique<WorkFolder>(std::move(*made));
  }
  [[nodiscard]] const fs::path& folder() const { return folder_->path(); }

 private:
  std::unique_ptr<WorkFolder> folder_;
};

class RouterCleanUp : public CleanUp, public testing::WithParamInterface<Primary> {
 protected:
  void SetUp() override {
    CleanUp::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto built = Lab::build({{MWAN_DAEMON, MWAN_SIMULATOR, MWAN_LAB_SCENARIOS},
                             folder(),
                             "steady",
                             Mode::Radio,
                             GetParam()});
    REQUIRE_OK(built);
    lab_ = std::move(*built);
    before_ = router_state();
  }
  [[nodiscard]] std::vector<std::string> router_state() const {
    auto state = network_state(lab_->topology().router());
    EXPECT_TRUE(state) << state.error().text();
    return state.value_or(std::vector<std::string>());
  }
  void run_daemon_until_steady() {
    REQUIRE_OK(lab_->start_daemon());
    const Status steady = lab_->wait_until_steady();
    ASSERT_TRUE(steady) << steady.error().text() << "\n" << lab_->daemon_log_tail();
    EXPECT_NE(router_state(), before_);
  }

  std::unique_ptr<Lab> lab_;
  std::vector<std::string> before_;
};

TEST_P(RouterCleanUp, SigtermLeavesTheNetworkAsItWasFound) {
  run_daemon_until_steady();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(Process::words(lab_->stop_daemon()), "exit code 0") << lab_->daemon_log_tail();
  EXPECT_EQ(router_state(), before_);
}

TEST_P(RouterCleanUp, SoDoesTheRunAfterOneThatWasKilled) {
  run_daemon_until_steady();
  ASSERT_FALSE(HasFatalFailure());
  lab_->daemon().signal(SIGKILL);
  ASSERT_TRUE(lab_->daemon().wait(5s));
  run_daemon_until_steady();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(Process::words(lab_->stop_daemon()), "exit code 0") << lab_->daemon_log_tail();
  EXPECT_EQ(router_state(), before_);
}

TEST_P(RouterCleanUp, AModemThatIsTornOutLeavesNothingBehind) {
  run_daemon_until_steady();
  ASSERT_FALSE(HasFatalFailure());
  lab_->simulator().signal(SIGKILL);
  ASSERT_TRUE(lab_->simulator().wait(5s));
  // At once: the traffic is on the wired line, and nothing of the modem's is left in the kernel.
  const auto about_modem = [](const std::string& line) {
    return line.find("wwan0") != std::string::npos || line.find("10.64.0.") != std::string::npos ||
           line.find("2001:db8:64:") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(10s, [&] {
    const auto state = router_state();
    return std::ranges::none_of(state, about_modem) &&
           std::ranges::any_of(state, [](const std::string& line) {
             return line.find("default via 203.0.113.1 dev eth1 proto") != std::string::npos;
           });
  })) << testing::PrintToString(router_state());
  EXPECT_THAT(lab_->daemon_log_tail(), testing::HasSubstr("trying again in"));
  EXPECT_EQ(Process::words(lab_->stop_daemon()), "exit code 0") << lab_->daemon_log_tail();
  EXPECT_EQ(router_state(), before_);
}

INSTANTIATE_TEST_SUITE_P(Primaries, RouterCleanUp, testing::Values(Primary::Wired, Primary::Modem),
                         [](const auto& info) {
                           return info.param == Primary::Wired ? "Wired" : "Modem";
                         });

class DemoCleanUp : public CleanUp {
 protected:
  // The demo with its temporary files below our folder, in the middle of a scenario.
  void start_demo() {
    auto started = Process::start(
        {{"env", "TMPDIR=" + folder().string(), MWAN_DEMO, "--only", "cable", "--mode", "radio"},
         nullptr,
         {},
         {}});
    REQUIRE_OK(started);
    demo_ = std::move(*started);
    ASSERT_TRUE(wait_until(20s, [this] { return processes_of_demo() >= 2; }))
        << "simulator and daemon did not start";
  }
  // Programs of the demo name its folder on their command line.
  [[nodiscard]] int processes_of_demo() const {
    int count = 0;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string words = read_file(entry.path() / "cmdline");
      if (words.find(folder().string() + "/mwan-lab-") != std::string::npos) ++count;
    }
    return count;
  }
  Process demo_;
};

TEST_F(DemoCleanUp, CtrlCLeavesNoProcessAndNoFile) {
  start_demo();
  ASSERT_FALSE(HasFatalFailure());
  demo_.signal(SIGINT);
  EXPECT_EQ(Process::words(demo_.wait(20s).value_or(SIGKILL)), "exit code 130");
  EXPECT_EQ(processes_of_demo(), 0);
  EXPECT_TRUE(fs::is_empty(folder()));
}

TEST_F(DemoCleanUp, AKilledDemoLeavesNoProcess) {
  start_demo();
  ASSERT_FALSE(HasFatalFailure());
  demo_.signal(SIGKILL);
  ASSERT_TRUE(demo_.wait(5s));
  EXPECT_TRUE(wait_until(5s, [this] { return processes_of_demo() == 0; }));
}

}  // namespace
}  // namespace mwan::lab
