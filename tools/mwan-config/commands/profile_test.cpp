// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <fmt/format.h>

#include "failover/config/load.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/profile/try_link.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {

int run_profile_test(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  // Whoever adds a profile was told when it was written.
  if (options.command == Options::Command::ProfileTest) complain_all(loaded.warnings, "warning: ");
  if (!loaded.result) {
    complain_all(loaded.result.error());
    return BadConfiguration;
  }
  const auto& profiles = loaded.result->profiles;
  const auto profile = std::ranges::find(profiles, options.link, &failover::Profile::name);
  if (profile == profiles.end()) {
    complain("there is no profile " + options.link);
    return BadConfiguration;
  }
  fmt::print("The settings of {} are in order.\n", profile->name);
  return try_link(options, *profile);
}

}  // namespace mwan::config_tool
