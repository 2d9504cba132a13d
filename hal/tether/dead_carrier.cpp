// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/tether/dead_carrier.hpp"

namespace mwan {

void DeadCarrier::carrier(bool up, Instant now) {
  if (up) {
    seen_ = true;
    down_since_.reset();
    resets_ = 0;
  } else if (!down_since_) {
    down_since_ = now;
  }
}

std::optional<Instant> DeadCarrier::deadline() const {
  if (!seen_ || !down_since_ || resets_ >= kPauses.size()) return std::nullopt;
  return *down_since_ + kPauses.at(resets_);
}

bool DeadCarrier::reset_due(Instant now) {
  const auto due = deadline();
  if (!due || now < *due) return false;
  ++resets_;
  down_since_ = now;
  return true;
}

}  // namespace mwan
