// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel counted of a network device
// (Documentation/ABI/testing/sysfs-class-net-statistics).
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"

namespace mwan {

struct NetdevCounters {
  std::uint64_t tx_packets = 0;
  std::uint64_t tx_errors = 0;
  std::uint64_t tx_dropped = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t rx_errors = 0;  // bad checksums, overruns, frames that do not fit

  bool operator==(const NetdevCounters&) const = default;
};

// Whether now can be the same device's later count: none went backwards, as they do when it is made
// anew or restarted.
bool continues(const NetdevCounters& before, const NetdevCounters& now);

// root stands before /sys, empty but for tests. Gone when there is no such device. For seldom use:
// a file each; LinkMonitor::counters() asks once.
Result<NetdevCounters> read_netdev_counters(const std::string& netdev,
                                            const std::string& root = {});

}  // namespace mwan
