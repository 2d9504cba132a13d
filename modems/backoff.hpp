// SPDX-License-Identifier: LGPL-2.1-or-later
// How long to wait before the next attempt. Pure: whoever uses it says what time it is.
#pragma once

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
  void working(Instant now);
  // It failed (again): the pause before the next attempt.
  [[nodiscard]] Duration failed(Instant now, FailureClass failure);

 private:
  BackoffPolicy policy_;
  std::size_t attempt_ = 0;
  std::optional<Instant> working_since_;
};

}  // namespace mwan
