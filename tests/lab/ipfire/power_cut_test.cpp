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
#include <span>

#include <gmock/gmock.h>

#include "failover/host/ipfire/kill_points.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/interrupted.hpp"

namespace mwan::lab {
namespace {

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

class PowerCutTest : public Interrupted, public testing::WithParamInterface<PowerCut> {
 public:
  static std::string name_of(const testing::TestParamInfo<PowerCut>& info) {
    return Interrupted::name_of(info.param.type, info.param.full) +
           (info.param.lost == Cut::Everything ? "Everything_" : "Contents_") +
           Interrupted::name_of(info.param.point);
  }

 protected:
  void SetUp() override {
    prepare(GetParam().type, GetParam().full);
    if (!IsSkipped() && !HasFatalFailure()) record_syncs();
  }
  void expect_cut_and_boot() {
    expect_killed(GetParam().point);
    if (HasFatalFailure()) return;
    lose(GetParam().lost);
    if (HasFatalFailure()) return;
    expect_primary_kept();
    record_syncs(false);
    boot_again(GetParam().type);
  }
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
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "eth1"; }));
  expect_primary_kept();

  const auto back = mark();
  red_works(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  expect_lan_traffic();
  stop_daemon();
  expect_box_as_before();
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
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "red0"; }));
  expect_lan_traffic();
  expect_primary_kept();
  stop_daemon();
  expect_box_as_before();
}

INSTANTIATE_TEST_SUITE_P(At, CutTaking, testing::ValuesIn(cuts(takeover_points)),
                         PowerCutTest::name_of);
INSTANTIATE_TEST_SUITE_P(At, CutGiving, testing::ValuesIn(cuts(give_back_points)),
                         PowerCutTest::name_of);

}  // namespace
}  // namespace mwan::lab
