// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <fmt/format.h>

#include "failover/config/keys.hpp"
#include "failover/config/load.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/read_files.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

std::string device_of(const failover::Profile& profile) {
  if (!profile.match.empty()) return profile.match;
  return profile.modem.device.empty() ? profile.netdev : profile.modem.device;
}

// By name, without more: what they say is not in order.
int list_names(const Options& options) {
  const auto names = profile_names(options.config_dir);
  if (names) {
    for (const std::string& name : *names) fmt::print("{}\n", name);
  }
  return BadConfiguration;
}

}  // namespace

int run_profile_list(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  if (!loaded.result) {
    complain_all(loaded.result.error());
    return list_names(options);
  }
  std::size_t width = 4;
  for (const auto& profile : loaded.result->profiles) width = std::max(width, profile.name.size());
  fmt::print("{:<{}}  {:<8}  {:>8}  {}\n", "name", width, "kind", "priority", "device");
  for (const auto& profile : loaded.result->profiles) {
    fmt::print("{:<{}}  {:<8}  {:>8}  {}\n", profile.name, width, failover::word(profile.kind),
               profile.priority, device_of(profile));
  }
  return flushed();
}

}  // namespace mwan::config_tool
