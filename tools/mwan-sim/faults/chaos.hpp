// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults at random points, all of which end by themselves. One number decides everything: the same
// seed gives the same faults after the same requests.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "tools/mwan-sim/faults/fault.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

class Chaos {
 public:
  Chaos(Timers& timers, std::uint64_t seed, std::function<void(const FaultOrder&)> play);

  // The first point is counted from here.
  void start();
  // A host sent a request.
  void request();

 private:
  [[nodiscard]] std::uint64_t draw(std::uint64_t least, std::uint64_t most);
  void arm();
  void strike();

  Timers& timers_;
  std::mt19937_64 random_;
  std::function<void(const FaultOrder&)> play_;
  std::uint64_t requests_left_ = 0;  // until the next fault; 0: it comes by time
  Timer timer_;
};

}  // namespace mwan::sim
