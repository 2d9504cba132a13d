// SPDX-License-Identifier: LGPL-2.1-or-later
// Registration and packet service. The contract is ModemAdapter's.
#pragma once

#include "modems/mbim/port.hpp"

namespace mwan::mbim {

Task<Result<Registration>> read_registration(Port& port, Cancel cancel);
Task<Status> register_automatically(Port& port, Cancel cancel);
Task<Result<PacketService>> read_packet_service(Port& port, Cancel cancel);
Task<Status> attach(Port& port, bool on, Cancel cancel);

}  // namespace mwan::mbim
