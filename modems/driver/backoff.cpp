// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/backoff.hpp"

#include <algorithm>

namespace mwan {

void Backoff::working(Instant now) {
  if (!working_since_) working_since_ = now;
}

Duration Backoff::failed(Instant now, FailureClass failure) {
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

}  // namespace mwan
