// SPDX-License-Identifier: LGPL-2.1-or-later
// What the commands share: asking the daemon, and saying what went wrong.
#pragma once

#include <string>

#include "failover/config/config_error.hpp"
#include "failover/control/answer.hpp"
#include "hal/error.hpp"
#include "tools/mwan-config/options.hpp"

namespace mwan::config_tool {

void complain(const std::string& text);
// One a line; kind: "warning: " or nothing.
void complain_all(const failover::ConfigErrors& all, const std::string& kind = "");

// Says why something that needs no daemon could not be done; Failed.
int not_done(const Error& error);
// What the daemon could not be asked, or did not do; returns an ExitCode.
int not_reached(const Error& error, const Options& options);
int refused(const failover::control::Answer& answer);

// The running daemon reads the configuration that was written just now; where none runs there is
// nothing to do. Returns an ExitCode.
int reload_after_change(const Options& options);

// Standard output has taken everything: a full disk or a closed pipe is told otherwise.
int flushed();

}  // namespace mwan::config_tool
