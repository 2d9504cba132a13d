// SPDX-License-Identifier: LGPL-2.1-or-later
// Everybody who acts on RED, tried against a backup that carries it: what interference prevention
// makes of it, with the kernel's process events and without. The table in
// docs/ipfire-interference.md is made of this.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "failover/host/ipfire/interference_guard.hpp"
#include "hal/process/process_table.hpp"
#include "tests/generated_document.hpp"
#include "tests/lab/ipfire_guard/actor_launch.hpp"
#include "tests/lab/ipfire_guard/small_ipfire.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using failover::ipfire::GuardConfig;
using failover::ipfire::InterferenceGuard;
using failover::ipfire::InterferenceReport;
using failover::ipfire::Verdict;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What the issue asks for. A check costs less than a tenth of it, but other tests run beside.
constexpr Duration kRepairedWithin = 1s;

struct Case {
  const char* actor;              // for the table
  std::vector<std::string> argv;  // the first below the tree's root, unless it begins with a slash
  Verdict verdict = Verdict::Repair;
  // By which it may be seen first: with process events, and without.
  std::vector<std::string> seen_by;
  std::vector<std::string> seen_without;
  const char* named = "";  // who is named, with process events
  bool terminal = false;
};

constexpr auto kProcesses = "process events";
constexpr auto kInotify = "inotify";
constexpr auto kRoutes = "rtnetlink";
constexpr auto kLock = "the lock of iptables";

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"connectd starts again",
       {"etc/rc.d/init.d/connectd", "start"},
       Verdict::Repair,
       {kProcesses},
       {kInotify},
       "connectd start"},
      {"connscheduler restarts RED",
       {"usr/local/bin/connscheduler"},
       Verdict::Repair,
       {kInotify, kRoutes, kProcesses},
       {kInotify, kRoutes},
       "by connscheduler"},
      {"dhcpcd starts on the primary, and its hook runs",
       {"/usr/sbin/dhcpcd"},
       Verdict::Repair,
       {kProcesses},
       {kInotify},
       "dhcpcd"},
      {"pppd's ip-up writes RED's files",
       {"etc/ppp/ip-up"},
       Verdict::Repair,
       {kProcesses},
       {kInotify, kRoutes},
       "ip-up"},
      {"a program removes red/active",
       {"root/remove-active"},
       Verdict::Repair,
       {kInotify},
       {kInotify},
       "remove-active"},
      {"a program puts a symbolic link in place of red/iface",
       {"root/link-iface"},
       Verdict::Repair,
       {kInotify},
       {kInotify},
       "link-iface"},
      {"a program writes 10 MB into red/local-ipaddress",
       {"root/big-address"},
       Verdict::Repair,
       {kInotify},
       {kInotify},
       "big-address"},
      {"a program replaces the default route",
       {"root/move-route"},
       Verdict::Repair,
       {kRoutes, kProcesses},
       {kRoutes},
       "move-route"},
      {"a program deletes the default route",
       {"root/no-route"},
       Verdict::Repair,
       {kRoutes, kProcesses},
       {kRoutes},
       "no-route"},
      {"a program flushes REDNAT",
       {"root/flush-nat"},
       Verdict::Repair,
       {kLock, kProcesses},
       {kLock},
       "flush-nat"},
      {"`firewall down`",
       {"etc/rc.d/init.d/firewall", "down"},
       Verdict::Repair,
       {kLock, kProcesses},
       {kLock},
       "firewall"},
      {"`firewall restart`, which ends with the right rules",
       {"etc/rc.d/init.d/firewall", "restart"},
       Verdict::Ignore,
       {},
       {}},
      {"wpa_supplicant on the primary's card",
       {"usr/sbin/wpa_supplicant"},
       Verdict::Ignore,
       {},
       {}},
      {"`network stop red` by a person at a terminal",
       {"etc/rc.d/init.d/network", "stop", "red"},
       Verdict::StandAside,
       {kProcesses},
       {kInotify, kRoutes},
       "by a person",
       true},
      {"the web UI disconnects (redctrl)",
       {"usr/local/bin/redctrl", "stop"},
       Verdict::StandAside,
       {kProcesses},
       {kInotify, kRoutes},
       "redctrl"},
      {"the web UI saves ppp/settings",
       {"srv/web/ipfire/cgi-bin/pppsetup.cgi"},
       Verdict::StandAside,
       {kInotify},
       {kInotify},
       "pppsetup.cgi"},
      {"setup changes ethernet/settings",
       {"usr/sbin/setup"},
       Verdict::StandAside,
       {kInotify},
       {kInotify},
       "setup"},
      {"init's rc stops the network to shut down",
       {"etc/rc.d/init.d/rc", "0"},
       Verdict::StandAside,
       {kProcesses},
       {kInotify, kRoutes},
       "rc (process"},
  };
  return all;
}

class Interference : public InNetNs {
 protected:
  void SetUp() override {
    first_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    loop_.emplace();
  }
  // A box whose backup carries RED, guarded; nothing is wrong with it.
  void guard(bool process_events, failover::ipfire::InterferenceLimits limits = {}) {
    take_down();
    auto again = NetNs::create("router");
    REQUIRE_OK(again);
    *here_ = std::move(*again);
    ASSERT_EQ(::setns(here_->fd(), CLONE_NEWNET), 0);
    auto made = SmallIpfire::make(*here_);
    REQUIRE_OK(made);
    box_.emplace(std::move(*made));
    auto monitor = netlink::Monitor::open(*loop_);
    REQUIRE_OK(monitor);
    monitor_ = std::move(*monitor);
    auto store = failover::StateStore::open(*box_ / "state");
    REQUIRE_OK(store);
    store_.emplace(std::move(*store));
    writer_.emplace(*store_, [](const Error& error) { ADD_FAILURE() << error.text(); });

    // Only there the kernel tells of processes.
    ASSERT_EQ(::setns(first_.get(), CLONE_NEWNET), 0);
    GuardConfig config{.paths = box_->paths(), .limits = limits, .process_events = process_events};
    guard_ = std::make_unique<InterferenceGuard>(
        *loop_, *monitor_, &*writer_, std::move(config),
        [this](const InterferenceReport& report) { reports_.push_back(report); });
    ASSERT_EQ(::setns(here_->fd(), CLONE_NEWNET), 0);
    guard_->start({.red = SmallIpfire::red(), .link = "lte", .primary_device = "red0"}, repairs());
    turn(700ms);
    ASSERT_THAT(reports_, IsEmpty()) << reports_.front().what;
  }
  void take_down() {
    actor_.reset();
    guard_.reset();
    writer_.reset();
    store_.reset();
    monitor_.reset();
    box_.reset();
    reports_.clear();
  }
  void TearDown() override {
    take_down();
    InNetNs::TearDown();
  }

  failover::ipfire::Repairs repairs() {
    return {.files = [this] { box_->write_files(); },
            .route = [this] { box_->set_route(*here_); },
            .firewall = [this] { box_->set_firewall(*here_); },
            .actors = [this] { end_actors(); }};
  }
  // Those in this namespace that the host would end.
  void end_actors() {
    const std::string ours = fs::read_symlink("/proc/thread-self/ns/net");
    for (const pid_t pid : process_ids()) {
      std::error_code error;
      const std::string its = fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/net", error);
      const auto view = failover::ipfire::view_process(pid);
      if (its != ours || !view || view->argv.empty()) continue;
      const bool connectd = view->argv.size() > 1 && view->argv[1].ends_with("/connectd");
      if (connectd || view->argv[0].find("dhcpcd") != std::string::npos) ::kill(pid, SIGKILL);
    }
  }

  void launch(const Case& one) {
    std::vector<std::string> argv = one.argv;
    if (argv[0] == "/usr/sbin/dhcpcd") {
      argv = {argv[0], "-B", "-4", "-c", *box_ / "dhcpcd-hook", "-f", "/dev/null", "red0"};
    } else {
      argv[0] = *box_ / argv[0];
    }
    actor_ = std::make_unique<OtherProgram>(argv, box_->paths().run(), one.terminal);
    ASSERT_GT(actor_->pid(), 0);
  }
  // Looks again from time to time: what other programs do wakes nobody here.
  template <class Condition>
  bool wait_for(Condition condition, Duration limit = 15s) {
    const Instant end = Loop::now() + limit;
    while (!condition() && Loop::now() < end) {
      const auto timer = loop_->after(50ms, [] {});
      loop_->iterate(true);
    }
    return condition();
  }
  void turn(Duration time) {
    wait_for([] { return false; }, time);
  }
  bool repaired() { return box_->wrong(*here_).empty(); }

  void play(const Case& one, bool process_events) {
    SCOPED_TRACE(std::string(one.actor) + (process_events ? "" : ", without process events"));
    ASSERT_NO_FATAL_FAILURE(guard(process_events));
    launch(one);
    if (one.verdict == Verdict::Ignore) {
      wait_for([this] { return !actor_->running(); });
      turn(700ms);
      EXPECT_THAT(reports_, IsEmpty()) << reports_.front().what << " " << reports_.front().who;
      EXPECT_TRUE(repaired());
      return;
    }
    ASSERT_TRUE(wait_for([this] { return !reports_.empty(); }, 15s));
    const InterferenceReport first = reports_.front();
    EXPECT_EQ(first.verdict, one.verdict) << first.what << ": " << first.who;
    const auto& seen = process_events ? one.seen_by : one.seen_without;
    EXPECT_NE(std::ranges::find(seen, first.seen_by), seen.end()) << first.seen_by;
    if (process_events) {
      EXPECT_THAT(first.who, HasSubstr(one.named)) << first.what << " " << first.seen_by;
    }
    if (one.verdict == Verdict::Repair) {
      EXPECT_TRUE(wait_for([this] { return !actor_->running(); }));
      EXPECT_TRUE(wait_for([this] { return repaired(); })) << box_->wrong(*here_);
      turn(700ms);  // and it stays so
      EXPECT_EQ(box_->wrong(*here_), "");
      for (const InterferenceReport& report : reports_) {
        EXPECT_EQ(report.verdict, Verdict::Repair) << report.what;
        EXPECT_LT(to_ms(report.within), to_ms(kRepairedWithin)) << report.what;
      }
    } else {
      wait_for([this] { return !actor_->running(); });
      const std::string after = box_->wrong(*here_);
      turn(700ms);
      EXPECT_EQ(box_->wrong(*here_), after) << "what somebody wanted was undone";
      EXPECT_EQ(reports_.size(), 1U);
    }
  }

  UniqueFd first_;
  std::optional<Loop> loop_;
  std::optional<SmallIpfire> box_;
  std::unique_ptr<netlink::Monitor> monitor_;
  std::optional<failover::StateStore> store_;
  std::optional<failover::StateWriter> writer_;
  std::unique_ptr<InterferenceGuard> guard_;
  std::unique_ptr<OtherProgram> actor_;
  std::vector<InterferenceReport> reports_;
};

std::string either(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " or ") + word;
  return out.empty() ? "-" : out;
}

std::string table() {
  std::string out =
      "| actor | seen by | without process events | what is done | within |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const Case& one : cases()) {
    out += "| " + std::string(one.actor) + " | " + either(one.seen_by) + " | " +
           either(one.seen_without) + " | " + std::string(failover::ipfire::word(one.verdict)) +
           (one.verdict == Verdict::Repair ? " | 1 s |\n" : " | |\n");
  }
  return out;
}

TEST(InterferenceDocument, ShowsTheTable) {
  expect_document(MWAN_INTERFERENCE_DOCUMENT, {{"actors", table()}});
}

TEST_F(Interference, EverybodyWithProcessEvents) {
  ASSERT_NO_FATAL_FAILURE(guard(true));
  for (const std::string& words : guard_->blind_spots()) {
    if (words.starts_with("process events")) GTEST_SKIP() << words;
  }
  for (const Case& one : cases()) play(one, true);
}

TEST_F(Interference, EverybodyWithoutProcessEvents) {
  for (const Case& one : cases()) play(one, false);
}

TEST_F(Interference, WhoeverInsistsIsNotFoughtForEver) {
  ASSERT_NO_FATAL_FAILURE(guard(true));
  launch({.actor = "", .argv = {"root/insist"}});
  ASSERT_TRUE(wait_for(
      [this] { return !reports_.empty() && reports_.back().verdict == Verdict::StandAside; }, 60s));
  EXPECT_THAT(reports_.back().what, HasSubstr("more than 5 times in 60 s"));
  EXPECT_GE(reports_.size(), 6U);
  EXPECT_LE(reports_.size(), 50U);
}

TEST_F(Interference, AfterAPauseItLooksAgain) {
  ASSERT_NO_FATAL_FAILURE(guard(true, {.most = 1, .window = 60s, .pause = 1s}));
  launch({.actor = "", .argv = {"root/remove-active"}});
  ASSERT_TRUE(wait_for([this] { return reports_.size() == 1; }));
  turn(500ms);
  launch({.actor = "", .argv = {"root/remove-active"}});
  ASSERT_TRUE(wait_for([this] { return reports_.size() == 2; }));
  EXPECT_EQ(reports_[1].verdict, Verdict::StandAside);
  EXPECT_FALSE(repaired());
  EXPECT_TRUE(wait_for([this] { return repaired(); }));
}

TEST_F(Interference, ItsProcessIsInTheStateDirectoryWhileItGuards) {
  ASSERT_NO_FATAL_FAILURE(guard(false));
  writer_->settle();
  const std::string file = *box_ / "state/interference-prevention.pid";
  EXPECT_EQ(read_file(file), std::to_string(::getpid()) + "\n");
  guard_->stop();
  writer_->settle();
  EXPECT_FALSE(fs::exists(file));
  // And nothing is repaired any more.
  launch({.actor = "", .argv = {"root/remove-active"}});
  turn(500ms);
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_FALSE(repaired());
}

TEST_F(Interference, ALinkInTheStateDirectoryIsNotFollowed) {
  ASSERT_NO_FATAL_FAILURE(guard(false));
  guard_->stop();
  writer_->settle();
  const std::string victim = *box_ / "victim";
  std::ofstream(victim) << "precious";
  fs::create_symlink(victim, *box_ / "state/interference-prevention.pid");
  guard_->start({.red = SmallIpfire::red(), .link = "lte", .primary_device = "red0"}, repairs());
  writer_->settle();
  EXPECT_EQ(read_file(victim), "precious");
}

TEST_F(Interference, WhatHappenedBeforeItsStartIsFoundToo) {
  ASSERT_NO_FATAL_FAILURE(guard(false));
  guard_->stop();
  fs::remove(*box_ / "var/ipfire/red/active");
  guard_->start({.red = SmallIpfire::red(), .link = "lte", .primary_device = "red0"}, repairs());
  EXPECT_TRUE(wait_for([this] { return repaired(); }));
}

TEST_F(Interference, NamesOfProcessesPlayNoTricksInTheLog) {
  ASSERT_NO_FATAL_FAILURE(guard(true));
  const std::string name = "a\x1b[2J\nb";
  fs::copy_file(*box_ / "root/remove-active", *box_ / ("root/" + name));
  launch({.actor = "", .argv = {"root/" + name}});
  ASSERT_TRUE(wait_for([this] { return !reports_.empty(); }));
  EXPECT_THAT(reports_[0].who, Not(HasSubstr("\x1b")));
  EXPECT_THAT(reports_[0].who, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace mwan::lab
