// SPDX-License-Identifier: LGPL-2.1-or-later
// The lab's clock, the same as the daemon's and the simulator's (CLOCK_MONOTONIC), and waiting that
// ends early when somebody presses Ctrl-C.
#pragma once

#include <functional>

#include "hal/time.hpp"

namespace mwan::lab {

[[nodiscard]] Instant now();

// From here on SIGINT, SIGTERM and SIGHUP make interrupted() true instead of ending the process,
// so that destructors get to clean up. Call it before threads are started.
void catch_interrupts();
[[nodiscard]] bool interrupted();

// Asks condition every 20 ms. False when the limit ran out or the process was interrupted.
bool wait_until(Duration limit, const std::function<bool()>& condition);
// False when interrupted.
bool sleep_for(Duration d);

}  // namespace mwan::lab
