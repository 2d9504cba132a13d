// SPDX-License-Identifier: LGPL-2.1-or-later
// RED is taken over and given back on the stand-in for an IPFire box.
#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Story {
  Red type;
  const char* mode;
};

class Takeover : public IpfireLab, public testing::WithParamInterface<Story> {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(GetParam().type);
    if (HasFatalFailure()) return;
    write_config(std::string("IPFIRE_MODE=") + GetParam().mode + "\n");
    before_ = box_state();
  }
  std::vector<std::string> before_;
};

TEST_P(Takeover, WithoutTroubleTheBoxStaysAsItIs) {
  start_until_steady();
  // Files, firewall, default route: everything but the tables of our own.
  const auto of_ipfire = [](std::vector<std::string> state) {
    std::erase_if(state, [](const std::string& line) {
      return line.find("lookup 11") != std::string::npos ||
             line.find("suppress_prefixlength") != std::string::npos ||
             line.find("table 11") != std::string::npos || line.find("eth1") != std::string::npos ||
             line.find("mwan") != std::string::npos;
    });
    return state;
  };
  EXPECT_EQ(of_ipfire(box_state()), of_ipfire(before_));
  stop_daemon();
  expect_box_is(before_);
}

TEST_P(Takeover, FailoverAndFailbackLeaveNoTrace) {
  start_until_steady();
  const auto failover = mark();
  const Instant dead = now();
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup", failover));
  expect_lan_traffic();
  print_outage(dead, GetParam().mode);
  EXPECT_EQ(red_file("iface"), "eth1");
  EXPECT_EQ(red_file("local-ipaddress"), "10.2.0.2");
  EXPECT_EQ(red_file("remote-ipaddress"), "10.2.0.1");
  EXPECT_TRUE(has_red_file("active"));
  EXPECT_EQ(read_file(folder() / "run/dns1"), "10.2.0.53\n");
  EXPECT_EQ(read_file(state() / "current-profile"), "ethernet-backup\n");
  EXPECT_EQ(read_file(state() / "primary-backup/connection-type"),
            std::string(connection_type(GetParam().type)) + "\n");
  EXPECT_THAT(processes(), Not(testing::Contains(HasSubstr("dhcpcd.exe red0"))));

  const auto failback = mark();
  plug_red(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", failback));
  expect_lan_traffic();
  EXPECT_EQ(red_file("iface"), "red0");
  EXPECT_FALSE(fs::exists(state() / "takeover"));
  EXPECT_FALSE(fs::exists(state() / "current-profile"));
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
}

TEST_P(Takeover, ADaemonThatEndsOnTheBackupGivesRedBack) {
  start_until_steady();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  red_works(true);
  stop_daemon();
  expect_box_is(before_);
  expect_lan_traffic();
}

INSTANTIATE_TEST_SUITE_P(Reds, Takeover,
                         testing::Values(Story{Red::Static, "fast"}, Story{Red::Dhcp, "fast"},
                                         Story{Red::Static, "full"}, Story{Red::Dhcp, "full"},
                                         Story{Red::Qmi, "fast"}, Story{Red::Qmi, "full"}),
                         [](const auto& info) {
                           return std::string(connection_type(info.param.type)) +
                                  (info.param.mode == std::string("fast") ? "Fast" : "Full");
                         });

}  // namespace
}  // namespace mwan::lab
