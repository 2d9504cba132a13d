// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon as a whole: everything it needs, put together, from start to the last line.
#pragma once

#include "tools/mwan-daemon-universal/options.hpp"

namespace mwan::daemon {

// Runs until SIGTERM or SIGINT; returns an ExitCode.
int run(const Options& options);

}  // namespace mwan::daemon
