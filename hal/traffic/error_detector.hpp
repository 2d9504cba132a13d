// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a device counts more damaged packets than a sound cable and port ever have. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "hal/link_event.hpp"
#include "hal/time.hpp"
#include "hal/traffic/netdev_counters.hpp"

namespace mwan {

// A sound copper link loses fewer than one frame in millions (IEEE 802.3: bit error rate 1e-10 or
// better); at one in a hundred TCP crawls. Between the two thresholds nothing changes.
struct ErrorPolicy {
  Duration window = std::chrono::seconds(5);
  std::uint64_t at_least = 10;  // errors within the window
  unsigned many_percent = 1;    // of all packets, both ways
  unsigned few_permille = 1;    // below that they count as over,
  int calm = 6;                 // after so many windows
};

class ErrorDetector {
 public:
  explicit ErrorDetector(ErrorPolicy policy = {}) : policy_(policy) {}

  // In order of time, several within the window. A fact when there are many now, or no longer.
  [[nodiscard]] std::optional<fact::Errors> sample(Instant now, const NetdevCounters& counters);

 private:
  ErrorPolicy policy_;
  std::optional<NetdevCounters> first_;  // of the window
  Instant first_time_;
  bool many_ = false;
  int calm_ = 0;
};

}  // namespace mwan
