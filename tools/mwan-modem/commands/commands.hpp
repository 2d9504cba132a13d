// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands, one file each.
#pragma once

#include "tools/mwan-modem/context.hpp"

namespace mwan::tool {

Task<ExitCode> run_list(Context& context);
Task<ExitCode> run_info(Context& context);
Task<ExitCode> run_signal(Context& context);
Task<ExitCode> run_cells(Context& context);
Task<ExitCode> run_sim(Context& context);
Task<ExitCode> run_sim_unlock(Context& context);
Task<ExitCode> run_connect(Context& context);
Task<ExitCode> run_disconnect(Context& context);
Task<ExitCode> run_reset(Context& context);
Task<ExitCode> run_record(Context& context);
Task<ExitCode> run_diagnose(Context& context);
Task<ExitCode> run_report(Context& context);

// The one that the options name, to its end; Ctrl-C, SIGTERM and SIGHUP cancel it.
ExitCode run(Context& context);

}  // namespace mwan::tool
