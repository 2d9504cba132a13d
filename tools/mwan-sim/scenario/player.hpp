// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays the timed steps of a scenario: announces each and hands it to whoever acts on it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tools/mwan-sim/scenario/scenario.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

// The values on the way from start to end of a ramp, fraction 0 to 1. Levels that only one of the
// two has are taken as they are.
StepAction interpolate(const StepAction& start, const StepAction& end, double fraction);

class Player {
 public:
  struct Outputs {
    std::function<void(const StepAction&)> act;
    // part counts from 1; since is the time since its start.
    std::function<void(std::size_t part, Duration since, const std::string& text)> announce;
  };

  Player(Timers& timers, const Scenario& scenario, Outputs outputs)
      : timers_(timers), scenario_(scenario), outputs_(std::move(outputs)) {}

  // Begins the first part, unless that waits for the signal.
  void start();
  // The signal came: begins the next part and gives up what is left of the present one.
  void trigger();

 private:
  void play(std::size_t part);
  void run(const Step& step);
  void ramp(const Step& step, const StepAction& end, Duration passed);

  Timers& timers_;
  const Scenario& scenario_;
  Outputs outputs_;
  std::size_t next_part_ = 0;
  std::size_t part_ = 0;
  Instant started_{};
  std::vector<Timer> steps_;
  std::vector<Timer> ramps_;
};

}  // namespace mwan::sim
