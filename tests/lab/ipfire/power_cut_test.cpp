// SPDX-License-Identifier: LGPL-2.1-or-later
// The power is cut between any two changes of a failover and of a failback: files that were not
// synced are lost, and so is everything in the kernel. The box boots from what is on its disk, with
// IPFire's own scripts; the daemon is started; the LAN has its connection, the copy of the primary
// is whole, and in the end the box is as it was.
//
// How the power is cut: the daemon runs under mwan-power-recorder, which the kernel shows every
// fsync(2) of it before it is done, and which keeps what files and folders are at that moment. At
// the point the daemon is killed, and its files are replaced by what was kept: never by what a
// cache would still have had. That is stricter than a file system on a disk (ext4 takes other
// changes along with every fsync), and the same on every machine. Both ends of what may be left are
// tried: that nothing came to the disk but what was synced (Everything is lost), and that all names
// did, those of renames as well, but only synced contents (Contents are lost: files that are
// empty). Then all processes of the box are killed, its networks made anew, /run emptied, and the
// kernel's boot id is another one.
//
// The primary is dead by what its provider does, and its carrier stays: with a dead carrier
// IPFire's own scripts wait a minute in every boot.
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

struct PowerCut {
  Red type;
  bool full;
  Cut lost;
  std::string point;
};

std::vector<PowerCut> cuts(std::span<const std::string_view> points) {
  std::vector<PowerCut> out;
  for (const auto point : points) {
    for (const auto& [type, full] : {std::pair(Red::Static, false),
                                     {Red::Static, true},
                                     {Red::Dhcp, false},
                                     {Red::Dhcp, true}}) {
      if (!full && point.starts_with("settings-")) continue;
      // A lease takes its time. What is on the disk differs in the words of the settings alone.
      const bool theirs = point.starts_with("settings-") || point == "taken";
      if (type == Red::Dhcp && (!full || !theirs)) continue;
      for (const Cut lost : {Cut::Everything, Cut::Contents}) {
        out.push_back({type, full, lost, std::string(point)});
      }
    }
  }
  return out;
}

class PowerCutTest : public IpfireLab, public testing::WithParamInterface<PowerCut> {
 protected:
  void SetUp() override {
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    boot(GetParam().type);
    if (HasFatalFailure()) return;
    write_config(GetParam().full ? "IPFIRE_MODE=full\n" : "");
    before_ = box_state();
    settings_ = read_file(folder() / "ipfire/ethernet/settings");
    record_syncs();
  }
  void expect_cut_and_boot() {
    const auto status = daemon().wait(60s);
    ASSERT_TRUE(status) << "not killed at " << GetParam().point;
    ASSERT_EQ(Process::words(*status), Process::words(SIGKILL));
    lose(GetParam().lost);
    if (HasFatalFailure()) return;
    expect_primary_kept();
    record_syncs(false);
    boot_again(GetParam().type);
  }
  void expect_primary_kept() const {
    const auto folder = state() / "primary-backup";
    EXPECT_EQ(read_file(folder / "connection-type"),
              GetParam().type == Red::Static ? "STATIC\n" : "DHCP\n");
    EXPECT_EQ(read_file(folder / "ethernet-settings"), settings_);
    EXPECT_EQ(read_file(folder / "red-state/iface"), "red0");
  }
  std::vector<std::string> before_;
  std::string settings_;
};

class CutTaking : public PowerCutTest {};

TEST_P(CutTaking, TheBoxBootsAndFailsOverAgain) {
  start_until_steady({"--kill-at", GetParam().point});
  red_works(false);
  expect_cut_and_boot();
  if (HasFatalFailure()) return;
  red_works(false);  // the boot made it anew

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("-> MonitoringBackup", again));
  expect_lan_traffic();
  EXPECT_EQ(red_file("iface"), "eth1");
  expect_primary_kept();

  const auto back = mark();
  red_works(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  expect_lan_traffic();
  stop_daemon();
  expect_box_is(before_);
}

class CutGiving : public PowerCutTest {};

TEST_P(CutGiving, TheBoxBootsOnThePrimary) {
  start_until_steady({"--kill-at", GetParam().point});
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  red_works(true);
  expect_cut_and_boot();
  if (HasFatalFailure()) return;

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("RED is good", again));
  EXPECT_EQ(red_file("iface"), "red0");
  expect_lan_traffic();
  expect_primary_kept();
  stop_daemon();
  expect_box_is(before_);
}

std::string name_of(const testing::TestParamInfo<PowerCut>& info) {
  std::string out = info.param.type == Red::Static ? "Static" : "Dhcp";
  out += info.param.full ? "Full" : "Fast";
  out += info.param.lost == Cut::Everything ? "Everything_" : "Contents_";
  for (const char c : info.param.point) out += c == '-' ? '_' : c;
  return out;
}

INSTANTIATE_TEST_SUITE_P(At, CutTaking, testing::ValuesIn(cuts(takeover_points)), name_of);
INSTANTIATE_TEST_SUITE_P(At, CutGiving, testing::ValuesIn(cuts(give_back_points)), name_of);

}  // namespace
}  // namespace mwan::lab
