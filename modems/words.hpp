// SPDX-License-Identifier: LGPL-2.1-or-later
// Values as people write them, for messages.
#pragma once

#include <chrono>
#include <string>

#include "hal/time.hpp"

namespace mwan {

// "800 ms", "45 s", "12.5 s", "6 min", "1 h": in the largest unit that loses nothing, or rounded to
// what matters at that size.
inline std::string in_words(Duration d) {
  using namespace std::chrono_literals;
  if (d < 0s) d = 0s;
  if (d < 1s) return std::to_string(to_ms(d)) + " ms";
  if (d < 2min) {
    const auto tenths = to_ms(d + 50ms) / 100;
    const auto rest = tenths % 10;
    return std::to_string(tenths / 10) + (rest == 0 ? "" : "." + std::to_string(rest)) + " s";
  }
  const auto minutes = (d + 30s) / 1min;
  if (minutes < 60) return std::to_string(minutes) + " min";
  const auto over = minutes % 60;
  return std::to_string(minutes / 60) + " h" +
         (over == 0 ? "" : " " + std::to_string(over) + " min");
}

}  // namespace mwan
