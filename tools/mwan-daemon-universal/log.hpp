// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the daemon's words go: standard error, and a file and syslog when the settings say so.
#pragma once

#include "failover/config/configuration.hpp"
#include "hal/error.hpp"

namespace mwan::daemon {

void start_logging();
// After the settings were read, also again: level, syslog, and the file, which is opened anew.
Status configure_logging(const failover::DaemonSettings& settings);

}  // namespace mwan::daemon
