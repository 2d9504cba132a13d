// SPDX-License-Identifier: LGPL-2.1-or-later
// PPPoE as RED on the stand-in for an IPFire box: taken over and given back, and tried beside the
// backup by a session of our own.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/daemon_story.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"
#include "tests/lab/json_lines.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PppoePrimary : public IpfireLab, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    slowness_ = 3;
    patience_ = 300s;
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(Red::Pppoe);
    if (IsSkipped() || HasFatalFailure()) return;
    write_config("IPFIRE_MODE=" + GetParam() + "\n");
    before_ = box_state();
  }
  // The number of IPFire's pppd; 0: there is none.
  [[nodiscard]] int dialled() const {
    const auto said = on_box({"cat", "/var/run/ppp0.pid"});
    return said ? std::atoi(said->c_str()) : 0;
  }
  // Command lines of pppds on the box.
  [[nodiscard]] std::vector<std::string> sessions() const {
    auto out = processes();
    std::erase_if(out, [](const auto& words) { return words.find("pppd ") == std::string::npos; });
    return out;
  }
  void expect_taken_over() const {
    EXPECT_EQ(red_file("iface"), "eth1");
    EXPECT_EQ(red_file("local-ipaddress"), "10.2.0.2");
    EXPECT_EQ(red_file("remote-ipaddress"), "10.2.0.1");
    EXPECT_TRUE(has_red_file("active"));
    EXPECT_FALSE(has_red_file("keepconnected"));
    EXPECT_EQ(read_file(folder() / "run/dns1"), "10.2.0.53\n");
    EXPECT_EQ(read_file(state() / "primary-backup/connection-type"), "PPPOE\n");
    EXPECT_THAT(sessions(), Not(Contains(HasSubstr("user customer"))));
    for (const auto& words : processes()) EXPECT_THAT(words, Not(HasSubstr("connectd")));
  }
  std::vector<std::string> before_;
};

TEST_P(PppoePrimary, WithoutTroubleItsSessionIsLeftAlone) {
  const int session = dialled();
  EXPECT_GT(session, 0);
  const auto called = box_log().size();
  start_until_steady();
  EXPECT_EQ(dialled(), session);
  EXPECT_EQ(red_file("iface"), "ppp0");
  stop_daemon();
  expect_box_is(before_);
  EXPECT_EQ(dialled(), session);
  EXPECT_EQ(box_log().substr(called), "");
  expect_lan_traffic();
}

TEST_P(PppoePrimary, APulledCableIsTakenOverAtOnceAndGivenBack) {
  start_until_steady();
  const auto failover = mark();
  const Instant dead = now();
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup", failover));
  expect_lan_traffic();
  print_outage(dead, GetParam());
  expect_taken_over();

  const auto failback = mark();
  const auto called = box_log().size();
  plug_red(true);
  // By a session of our own: IPFire's scripts know nothing of it.
  ASSERT_TRUE(says("RED is good", failback));
  EXPECT_THAT(box_log().substr(called), Not(HasSubstr("ip-up")));
  EXPECT_EQ(red_file("iface"), "eth1");
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", failback));
  expect_lan_traffic();
  EXPECT_EQ(red_file("iface"), "ppp0");
  EXPECT_EQ(sessions().size(), 1U) << testing::PrintToString(sessions());
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
}

TEST_P(PppoePrimary, AProviderThatDiesWithoutAWordIsNoticedAndItsReturnIsTaken) {
  start_until_steady();
  const auto failover = mark();
  const Instant dead = now();
  kill_pppoe_server();
  ASSERT_TRUE(says("-> MonitoringBackup", failover));
  expect_lan_traffic();
  print_outage(dead, GetParam());
  expect_taken_over();
  ASSERT_TRUE(says("no access concentrator answered", failover));
  expect_lan_traffic();
  const auto failback = mark();
  serve_pppoe();
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", failback));
  expect_lan_traffic();
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
}

TEST_P(PppoePrimary, ADaemonThatEndsOnTheBackupGivesRedBack) {
  start_until_steady();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  expect_taken_over();
  red_works(true);
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
}

INSTANTIATE_TEST_SUITE_P(Modes, PppoePrimary, testing::Values("fast", "full"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mwan::lab
