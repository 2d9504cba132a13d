// SPDX-License-Identifier: LGPL-2.1-or-later
// What the commands do: ask the daemon, or read its files, and say it.
#pragma once

#include "tools/mwan-config/options.hpp"

namespace mwan::config_tool {

// Returns an ExitCode.
int run(const Options& options);

}  // namespace mwan::config_tool
