// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon is killed between any two changes of a failover and of a failback, and started again:
// the LAN has its connection, and in the end the box is as it was.
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

class Killed : public Interrupted, public testing::WithParamInterface<Kill> {
 public:
  static std::string name_of(const testing::TestParamInfo<Kill>& info) {
    return Interrupted::name_of(info.param.type, info.param.full) + "_" +
           Interrupted::name_of(info.param.point);
  }

 protected:
  void SetUp() override { prepare(GetParam().type, GetParam().full); }
};

class KilledTaking : public Killed {};

TEST_P(KilledTaking, TheNextRunGoesOn) {
  start_until_steady({"--kill-at", GetParam().point});
  plug_red(false);
  expect_killed(GetParam().point);
  if (HasFatalFailure()) return;
  expect_primary_kept();

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("-> MonitoringBackup", again));
  expect_lan_traffic();
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "eth1"; }));
  EXPECT_TRUE(wait_until(5s, [&] { return has_red_file("active"); }));
  expect_primary_kept();

  const auto back = mark();
  plug_red(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  expect_lan_traffic();
  stop_daemon();
  expect_box_as_before();
}

class KilledGiving : public Killed {};

TEST_P(KilledGiving, TheNextRunGoesOn) {
  start_until_steady({"--kill-at", GetParam().point});
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  plug_red(true);
  expect_killed(GetParam().point);
  if (HasFatalFailure()) return;
  expect_primary_kept();

  const auto again = mark();
  start_daemon();
  ASSERT_TRUE(says("RED is good", again));
  EXPECT_TRUE(wait_until(20s, [&] { return red_file("iface") == "red0"; }));
  expect_lan_traffic();
  stop_daemon();
  expect_box_as_before();
}

INSTANTIATE_TEST_SUITE_P(At, KilledTaking, testing::ValuesIn(kills(takeover_points)),
                         Killed::name_of);
INSTANTIATE_TEST_SUITE_P(At, KilledGiving, testing::ValuesIn(kills(give_back_points)),
                         Killed::name_of);

}  // namespace
}  // namespace mwan::lab
