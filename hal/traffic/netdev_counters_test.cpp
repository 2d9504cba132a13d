// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/netdev_counters.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace mwan {
namespace {

TEST(NetdevCountersTest, AreReadFromSysfs) {
  const std::filesystem::path root =
      std::filesystem::path(testing::TempDir()) / "mwan_netdev_counters_test";
  const auto folder = root / "sys/class/net/wwan0/statistics";
  std::filesystem::create_directories(folder);
  int value = 10;
  for (const char* name : {"tx_packets", "tx_errors", "tx_dropped", "rx_packets", "rx_errors"}) {
    std::ofstream(folder / name) << ++value << '\n';
  }
  EXPECT_EQ(read_netdev_counters("wwan0", root.string()), (NetdevCounters{11, 12, 13, 14, 15}));
  std::ofstream(folder / "rx_packets") << "none\n";
  EXPECT_EQ(read_netdev_counters("wwan0", root.string()).error().failure, FailureClass::Gone);
  EXPECT_EQ(read_netdev_counters("wwan1", root.string()).error().failure, FailureClass::Gone);
  EXPECT_EQ(read_netdev_counters("../net/wwan0", root.string()).error().failure,
            FailureClass::Permanent);
  EXPECT_TRUE(read_netdev_counters("lo"));
  std::filesystem::remove_all(root);
}

TEST(NetdevCountersTest, WhatWentBackwardsIsAnotherDevice) {
  EXPECT_TRUE(continues({1, 1, 1, 1, 1}, {1, 2, 1, 1, 1}));
  EXPECT_FALSE(continues({1, 1, 1, 1, 1}, {5, 5, 5, 5, 0}));
}

}  // namespace
}  // namespace mwan
