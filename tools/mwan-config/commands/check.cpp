// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "failover/config/load.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {

int run_check(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  complain_all(loaded.warnings, "warning: ");
  if (!loaded.result) {
    complain_all(loaded.result.error());
    return BadConfiguration;
  }
  complain_all(failover::missing_devices(*loaded.result, failover::DevicesPresent::real()),
               "warning: ");
  const auto& profiles = loaded.result->profiles;
  if (loaded.result->settings.host == failover::HostKind::Ipfire) {
    fmt::print("the configuration in {} is in order: RED, and {} to step in for it{}\n",
               options.config_dir, profiles.size(),
               profiles.empty() ? "" : ", " + profiles.front().name + " first");
    return flushed();
  }
  fmt::print("the configuration in {} is in order: {} link{}{}\n", options.config_dir,
             profiles.size(), profiles.size() == 1 ? "" : "s",
             profiles.empty() ? "" : ", preferred " + profiles.front().name);
  return flushed();
}

}  // namespace mwan::config_tool
