// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon is killed between any two changes of a failover and of a failback, and started again:
// the LAN has its connection, and in the end the box is as it was.
#include <csignal>
#include <span>

#include <gmock/gmock.h>

#include "failover/host/ipfire/kill_points.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using failover::ipfire::give_back_points;
using failover::ipfire::takeover_points;

struct Kill {
  Red type;
  bool full;
  std::string point;
};

std::vector<Kill> kills(std::span<const std::string_view> points) {
  std::vector<Kill> out;
  for (const auto point : points) {
    for (const auto& [type, full] : {std::pair(Red::Static, false),
                                     {Red::Dhcp, false},
                                     {Red::Static, true},
                                     {Red::Dhcp, true}}) {
      if (!full && point.starts_with("settings-")) continue;
      out.push_back({type, full, std::string(point)});
    }
  }
  return out;
}

class Killed : public IpfireLab, public testing::WithParamInterface<Kill> {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(GetParam().type);
    if (HasFatalFailure()) return;
    write_config(GetParam().full ? "IPFIRE_MODE=full\n" : "");
    before_ = box_state();
    settings_ = read_file(folder() / "ipfire/ethernet/settings");
  }
  void expect_killed() {
    const auto status = daemon().wait(60s);
    ASSERT_TRUE(status) << "not killed at " << GetParam().point;
    ASSERT_EQ(Process::words(*status), Process::words(SIGKILL));
  }
  void expect_backup_intact() const {
    const auto folder = state() / "primary-backup";
    EXPECT_EQ(read_file(folder / "connection-type"),
              GetParam().type == Red::Static ? "STATIC\n" : "DHCP\n");
    EXPECT_EQ(read_file(folder / "ethernet-settings"), settings_);
    EXPECT_EQ(read_file(folder / "red-state/iface"), "red0");
  }
  std::vector<std::string> before_;
  std::string settings_;
};

class KilledTaking : public Killed {};

TEST_P(KilledTaking, TheNextRunGoesOn) {
  start_until_steady({"--kill-at", GetParam().point});
  plug_red(false);
  expect_killed();
  expect_backup_intact();

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("-> MonitoringBackup", again));
  expect_lan_traffic();
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "eth1"; }));
  EXPECT_TRUE(wait_until(5s, [&] { return has_red_file("active"); }));
  expect_backup_intact();

  const auto back = mark();
  plug_red(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  expect_lan_traffic();
  stop_daemon();
  expect_box_is(before_);
}

class KilledGiving : public Killed {};

TEST_P(KilledGiving, TheNextRunGoesOn) {
  start_until_steady({"--kill-at", GetParam().point});
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  plug_red(true);
  expect_killed();
  expect_backup_intact();

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("RED is good", again));
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "red0"; }));
  expect_lan_traffic();
  stop_daemon();
  expect_box_is(before_);
}

std::string name_of(const testing::TestParamInfo<Kill>& info) {
  std::string out = info.param.type == Red::Static ? "Static" : "Dhcp";
  out += info.param.full ? "Full_" : "Fast_";
  for (const char c : info.param.point) out += c == '-' ? '_' : c;
  return out;
}

INSTANTIATE_TEST_SUITE_P(At, KilledTaking, testing::ValuesIn(kills(takeover_points)), name_of);
INSTANTIATE_TEST_SUITE_P(At, KilledGiving, testing::ValuesIn(kills(give_back_points)), name_of);

}  // namespace
}  // namespace mwan::lab
