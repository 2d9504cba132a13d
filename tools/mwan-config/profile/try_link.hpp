// SPDX-License-Identifier: LGPL-2.1-or-later
// Does a link come up? Asks the daemon that runs it; without one, what can be tried without.
#pragma once

#include "failover/config/configuration.hpp"
#include "tools/mwan-config/options.hpp"

namespace mwan::config_tool {

// Says what it found; returns an ExitCode: Done, Refused when the link does not work, NotRunning
// when it could not be tried.
int try_link(const Options& options, const failover::Profile& profile);

}  // namespace mwan::config_tool
