// SPDX-License-Identifier: LGPL-2.1-or-later
// The device itself: identity, radio, vendor lock, reset. The contract is ModemAdapter's.
#pragma once

#include <vector>

#include "modems/mbim/port.hpp"
#include "modems/mbim/qmux.hpp"

namespace mwan::mbim {

Task<Result<ModemIdentity>> read_identity(Port& port, Cancel cancel);
Task<Result<RadioPower>> read_radio(Port& port, Cancel cancel);
Task<Status> set_radio(Port& port, bool on, Cancel cancel);
// The first that the modem offers of: Microsoft's device reset, Intel's reboot, QMI over MBIM.
Task<Status> reset(Port& port, Cancel cancel);

// QMI through the MBIM port: messages of DMS, one after the other, with a client id of their own.
Task<Status> send_dms(Port& port, std::string what, std::vector<qmux::DmsMessage> messages,
                      Cancel cancel);

}  // namespace mwan::mbim
