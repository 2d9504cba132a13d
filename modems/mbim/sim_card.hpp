// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM: state, PIN, slots, home network. The contract is ModemAdapter's.
#pragma once

#include <vector>

#include "modems/mbim/decode_sim.hpp"
#include "modems/mbim/port.hpp"

namespace mwan::mbim {

Task<Result<Sim>> read_sim(Port& port, Cancel cancel);
// What a locked SIM waits for, filled in where the modem says it.
Task<Status> read_lock(Port& port, Sim& sim, Cancel cancel);
Task<Result<std::vector<SimSlot>>> read_slots(Port& port, Cancel cancel);
Task<Result<PinVerdict>> verify_pin(Port& port, Secret pin, Cancel cancel);
Task<Result<HomeNetwork>> read_home_network(Port& port, Cancel cancel);

}  // namespace mwan::mbim
