// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a busy link answers less of what is sent than it did: as a line does that loses packets,
// and many a download that ends as well. It is a reason to ask, and no more. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include "hal/time.hpp"

namespace mwan {

class AnswerShare {
 public:
  // What went out and came in since the last call. True: a quarter less came in than usual, or
  // less still, beyond what chance makes of that many packets. The more often it is said, the
  // seldomer.
  bool add(Instant now, std::uint64_t sent, std::uint64_t received) {
    const auto out = static_cast<double>(sent);
    const auto in = static_cast<double>(received);
    if (sent_ >= kEnough) {
      // Page's test of one Poisson rate against another.
      const double expected = received_ / sent_ * out;
      score_ = std::max(0.0, score_ + (1 - kFewer) * expected + std::log(kFewer) * in);
    }
    const double kept = std::exp(-out / kMemory);
    sent_ = sent_ * kept + out;
    received_ = received_ * kept + in;
    if (score_ < kCertain) return false;
    // What comes in from now on is the usual.
    score_ = sent_ = received_ = 0;
    if (said_ && now - *said_ < rest_) return false;
    rest_ = said_ && now - *said_ < 2 * kMostRest ? std::min(2 * rest_, kMostRest) : kRest;
    said_ = now;
    return true;
  }

  void clear() { sent_ = received_ = score_ = 0; }

 private:
  static constexpr double kFewer = 0.75;
  static constexpr double kCertain = 3;   // logarithm of the odds
  static constexpr double kEnough = 100;  // packets sent, before anything is usual
  static constexpr double kMemory = 500;  // packets sent
  static constexpr Duration kRest = std::chrono::seconds(10);
  static constexpr Duration kMostRest = std::chrono::minutes(10);

  double sent_ = 0;
  double received_ = 0;
  double score_ = 0;
  Duration rest_ = kRest;
  std::optional<Instant> said_;
};

}  // namespace mwan
