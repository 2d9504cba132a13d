// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a configuration directory: the file settings and one file a link in profiles/.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "failover/config/config_error.hpp"
#include "failover/config/configuration.hpp"

namespace mwan::failover {

struct LoadedConfiguration {
  // All errors of all files, or a configuration that is complete and consistent; never a half.
  tl::expected<Configuration, ConfigErrors> result;
  ConfigWarnings warnings;  // also beside errors
};

// Files as they would be, by their names below the directory ("settings", "profiles/lte"): the
// text, or nothing for one that would not be there.
using ChangedFiles = std::map<std::string, std::optional<std::string>, std::less<>>;

// As the directory is; with changes, as it would be with them. HOST=auto is decided here: the
// result says Standalone or Ipfire.
LoadedConfiguration load_configuration(const std::filesystem::path& directory,
                                       const ChangedFiles& changes = {});

// What the system has, as far as profiles name it; a seam for tests.
struct DevicesPresent {
  std::function<bool(const std::string& netdev)> netdev;
  std::function<bool(const std::string& path)> control_device;

  // Of the network namespace and file system of this process.
  static DevicesPresent real();
};

// Interfaces and control devices that are not there. Not errors: they may be plugged in later.
ConfigWarnings missing_devices(const Configuration& configuration, const DevicesPresent& devices);

}  // namespace mwan::failover
