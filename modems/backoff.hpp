// SPDX-License-Identifier: LGPL-2.1-or-later
// How long to wait before the next attempt. Pure: whoever uses it says what time it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "hal/error.hpp"
#include "hal/time.hpp"

namespace mwan {

struct BackoffPolicy {
  std::vector<Duration> steps = {std::chrono::seconds(1),  std::chrono::seconds(2),
                                 std::chrono::seconds(5),  std::chrono::seconds(10),
                                 std::chrono::seconds(20), std::chrono::seconds(40),
                                 std::chrono::seconds(60)};
  // Working this long forgets the failures before it.
  Duration stable = std::chrono::seconds(60);
  // A network that is asked too quickly blocks the SIM: five attempts closer than 12.5 s were seen
  // to cost 12 minutes.
  Duration throttled = std::chrono::seconds(15);
  // Retrying does not help by itself, but subscriptions are mended and settings of networks change.
  Duration permanent = std::chrono::minutes(10);
};

class Backoff {
 public:
  explicit Backoff(BackoffPolicy policy) : policy_(std::move(policy)) {}

  // What was tried works since now.
  void working(Instant now) {
    if (!working_since_) working_since_ = now;
  }

  // It failed (again): the pause before the next attempt.
  [[nodiscard]] Duration failed(Instant now, FailureClass failure) {
    if (working_since_ && now - *working_since_ >= policy_.stable) attempt_ = 0;
    working_since_.reset();
    const std::size_t last = policy_.steps.empty() ? 0 : policy_.steps.size() - 1;
    const Duration step =
        policy_.steps.empty() ? Duration(0) : policy_.steps[std::min(attempt_, last)];
    attempt_ = std::min(attempt_ + 1, last);
    if (failure == FailureClass::Permanent) return std::max(step, policy_.permanent);
    if (failure == FailureClass::Throttled) return std::max(step, policy_.throttled);
    return step;
  }

 private:
  BackoffPolicy policy_;
  std::size_t attempt_ = 0;
  std::optional<Instant> working_since_;
};

}  // namespace mwan
