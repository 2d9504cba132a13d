// SPDX-License-Identifier: LGPL-2.1-or-later
// What the commands do, one file each. All return an ExitCode.
#pragma once

#include "tools/mwan-config/options.hpp"

namespace mwan::config_tool {

int run(const Options& options);

int run_status(const Options& options);
int run_order(const Options& options);  // failover, failback, pause, resume, maintenance
int run_reload(const Options& options);
int run_why(const Options& options);
int run_log(const Options& options);
int run_check(const Options& options);
int run_install_check(const Options& options);
int run_show(const Options& options);
int run_get(const Options& options);
int run_set(const Options& options);
int run_unset(const Options& options);
int run_profile_list(const Options& options);
int run_profile_add(const Options& options);
int run_profile_edit(const Options& options);
int run_profile_remove(const Options& options);
int run_profile_test(const Options& options);

}  // namespace mwan::config_tool
