// SPDX-License-Identifier: LGPL-2.1-or-later
// From an opened control port to a modem that is on, has its SIM, registers, and tells us what
// changes. Bearers come after this: modems/driver/bearers.hpp.
#pragma once

#include "hal/task.hpp"
#include "modems/driver/attempt.hpp"
#include "modems/driver/watch.hpp"

namespace mwan::modem {

// What one driver remembers over its attempts.
struct Memory {
  bool pin_refused = false;  // it is never sent a second time
  // The tries that were left when the PIN was sent and no answer came. As long as they are the
  // same it was not judged.
  std::optional<std::uint8_t> pin_sent_at;
};

class Bringup {
 public:
  Bringup(Attempt& attempt, Watch& watch, Memory& memory)
      : attempt_(attempt), watch_(watch), memory_(memory) {}

  Task<Status> run();

 private:
  Task<Status> switch_on();
  Task<Status> listen();
  Task<Status> unlock_sim();
  Task<Status> verify_pin_once(Sim sim);
  Task<Status> prepare_data();
  Task<Status> registration();
  [[nodiscard]] Status judge(const Sim& sim) const;

  Attempt& attempt_;
  Watch& watch_;
  Memory& memory_;
};

}  // namespace mwan::modem
