// SPDX-License-Identifier: LGPL-2.1-or-later
// From an opened control port to a modem that is on, has its SIM, registers, and tells us what
// changes. Bearers come after this: modems/driver/bearers.hpp.
#pragma once

#include "hal/task.hpp"
#include "modems/driver/attempt.hpp"
#include "modems/driver/watch.hpp"
#include "modems/sim_swap.hpp"

namespace mwan::modem {

// What one driver remembers over its attempts.
struct Memory {
  PinPolicy pin;
  SimWatch sim;
};

class Bringup {
 public:
  Bringup(Attempt& attempt, Watch& watch, Memory& memory)
      : attempt_(attempt), watch_(watch), memory_(memory) {}

  Task<Status> run();

 private:
  // The measure of the recovery ladder that this attempt begins with.
  Task<Status> remedy();
  Task<Status> switch_on();
  Task<Status> listen();
  Task<Status> unlock_sim();
  Task<Status> verify_pin_once(Sim sim);
  void identify(const Sim& sim);
  Task<Status> prepare_data();
  Task<Status> registration();
  [[nodiscard]] Status judge(const Sim& sim) const;

  Attempt& attempt_;
  Watch& watch_;
  Memory& memory_;
};

}  // namespace mwan::modem
