// SPDX-License-Identifier: LGPL-2.1-or-later
// How long a link's answers take, and from when on one is overdue. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "hal/time.hpp"

namespace mwan::failover {

// Mean and mean deviation as TCP keeps them (RFC 6298 section 2).
class AnswerTime {
 public:
  void add(Duration rtt) {
    if (!mean_) {
      mean_ = rtt;
      deviation_ = rtt / 2;
      return;
    }
    const Duration off = rtt > *mean_ ? rtt - *mean_ : *mean_ - rtt;
    deviation_ += (off - deviation_) / 4;
    *mean_ += (rtt - *mean_) / 8;
  }
  void clear() { *this = AnswerTime(); }

  // An answer that takes longer is overdue. `most` while nothing is known, and never more than
  // that. Twice the mean beside RFC 6298's four deviations, and no less than `least`: a radio that
  // wakes up, or hands over, takes so long without being broken.
  [[nodiscard]] Duration limit(Duration most) const {
    constexpr Duration least = std::chrono::milliseconds(200);
    if (!mean_) return most;
    return std::min(most, std::max(least, 2 * *mean_ + 4 * deviation_));
  }
  // What nearly every answer took: the time-out of RFC 6298 without its floor. Something to look
  // into, no more. Absent while nothing is known.
  [[nodiscard]] std::optional<Duration> usual_most() const {
    if (!mean_) return std::nullopt;
    return *mean_ + 4 * deviation_;
  }
  [[nodiscard]] std::optional<Duration> mean() const { return mean_; }

 private:
  std::optional<Duration> mean_;
  Duration deviation_{};
};

}  // namespace mwan::failover
