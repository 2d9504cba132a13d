// SPDX-License-Identifier: LGPL-2.1-or-later
// How many bytes of a metered link probes may cost, spread evenly over time instead of used up in
// the first days of a month. Pure; knows no calendar.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hal/time.hpp"

namespace mwan::failover {

class ProbeBudget {
 public:
  static constexpr Duration period = std::chrono::hours(30 * 24);

  // An hour's share is there at the start; what is not used is kept up to a day's share, so that no
  // 30 days cost more than the budget, this and the last round's excess.
  ProbeBudget(std::int64_t bytes_in_30_days, Instant now)
      : rate_(static_cast<double>(bytes_in_30_days) / static_cast<double>(period.count())),
        left_(share(std::chrono::hours(1))),
        filled_(now) {}

  void spend(Instant now, std::int64_t bytes) {
    fill(now);
    left_ -= static_cast<double>(bytes);
    if (left_ <= 0) spent_ = true;
  }
  // False from the moment all is spent until there is a quarter of an hour's share again, so that
  // probing does not stutter.
  [[nodiscard]] bool open(Instant now) {
    fill(now);
    if (left_ >= share(std::chrono::minutes(15))) spent_ = false;
    return !spent_;
  }

 private:
  [[nodiscard]] double share(Duration d) const { return rate_ * static_cast<double>(d.count()); }
  void fill(Instant now) {
    left_ = std::min(share(std::chrono::hours(24)), left_ + share(now - filled_));
    filled_ = now;
  }

  double rate_;  // bytes a microsecond
  double left_;
  Instant filled_;
  bool spent_ = false;
};

}  // namespace mwan::failover
