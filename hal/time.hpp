// SPDX-License-Identifier: LGPL-2.1-or-later
// Monotonic time as a plain value. Nothing here reads a clock: whoever owns the loop does
// (hal/loop.hpp), so that the failover core can run in virtual time.
#pragma once

#include <chrono>
#include <cstdint>

namespace mwan {

// Microseconds: fine enough for "bytes to event" figures, and an exact integer in the decision log.
using Duration = std::chrono::microseconds;

struct MonotonicTag {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicTag>;
  static constexpr bool is_steady = true;
};

// Time since an unspecified epoch (CLOCK_MONOTONIC in the daemon, zero in replay); never
// wall-clock.
using Instant = std::chrono::time_point<MonotonicTag, Duration>;

constexpr std::int64_t to_ms(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

}  // namespace mwan
