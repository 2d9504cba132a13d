// SPDX-License-Identifier: LGPL-2.1-or-later
// Means with an exponential memory over readings that come when they like. A reading counts as true
// until the next one, and one a second gives the textbook recurrence m += weight * (x - m).
#pragma once

#include <algorithm>
#include <cmath>

#include "hal/time.hpp"

namespace mwan::failover {

inline double seconds_between(Instant from, Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

// What is left of a memory with this weight per second.
inline double kept(double weight, double seconds) { return std::pow(1.0 - weight, seconds); }

// Of a value that is always something (a level in dB).
class LevelMemory {
 public:
  explicit LevelMemory(double weight) : weight_(weight) {}

  void add(Instant now, double x) {
    if (!known_) {
      mean_ = x;
    } else {
      // A gap belongs to the reading before it, but for the second that the new one speaks for.
      const double gap = seconds_between(at_, now);
      mean_ = towards(last_, std::max(gap - 1.0, 0.0));
      mean_ = towards(x, std::min(gap, 1.0));
    }
    known_ = true;
    last_ = x;
    at_ = now;
  }
  // Only after add().
  [[nodiscard]] double read(Instant now) const { return towards(last_, seconds_between(at_, now)); }
  void clear() { known_ = false; }

 private:
  [[nodiscard]] double towards(double x, double seconds) const {
    return x + (mean_ - x) * kept(weight_, seconds);
  }

  double weight_;
  bool known_ = false;
  double mean_ = 0;
  double last_ = 0;
  Instant at_;
};

// Of things that happen: how often, lately.
class EventMemory {
 public:
  explicit EventMemory(double weight) : weight_(weight) {}
  void add(Instant now) {
    level_ = read(now) + weight_;
    at_ = now;
  }
  [[nodiscard]] double read(Instant now) const {
    return level_ == 0 ? 0 : level_ * kept(weight_, seconds_between(at_, now));
  }
  void clear() { level_ = 0; }

 private:
  double weight_;
  double level_ = 0;
  Instant at_;
};

}  // namespace mwan::failover
