// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace mwan {

// Bytes and packets since the bearers came up, as the modem counts them.
struct TrafficCounters {
  std::uint64_t tx_packets = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bytes = 0;

  bool operator==(const TrafficCounters&) const = default;
};

}  // namespace mwan
