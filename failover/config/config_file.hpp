// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading a configuration file or directory from disk, with errors that say what to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace mwan::failover {

struct ConfigFile {
  std::string text;
  bool others_can_read = false;  // group or others
};

// At most 1 MiB of a regular file (a symbolic link to one will do). Never blocks.
tl::expected<ConfigFile, std::string> read_config_file(const std::filesystem::path& path);

// The names in a directory but for . and .., sorted.
tl::expected<std::vector<std::string>, std::string> list_config_directory(
    const std::filesystem::path& path);

}  // namespace mwan::failover
