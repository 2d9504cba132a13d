// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/commands/commands.hpp"

namespace mwan::config_tool {

int run(const Options& options) {
  using Command = Options::Command;
  switch (options.command) {
    case Command::Status:
      return run_status(options);
    case Command::Failover:
    case Command::Failback:
    case Command::Pause:
    case Command::Resume:
    case Command::Maintenance:
      return run_order(options);
    case Command::Reload:
      return run_reload(options);
    case Command::Why:
      return run_why(options);
    case Command::Log:
      return run_log(options);
    case Command::Check:
      return run_check(options);
    case Command::InstallCheck:
      return run_install_check(options);
    case Command::Show:
      return run_show(options);
    case Command::Get:
      return run_get(options);
    case Command::Set:
      return run_set(options);
    case Command::Unset:
      return run_unset(options);
    case Command::ProfileList:
      return run_profile_list(options);
    case Command::ProfileAdd:
      return run_profile_add(options);
    case Command::ProfileEdit:
      return run_profile_edit(options);
    case Command::ProfileRemove:
      return run_profile_remove(options);
    case Command::ProfileTest:
      return run_profile_test(options);
  }
  return Failed;
}

}  // namespace mwan::config_tool
