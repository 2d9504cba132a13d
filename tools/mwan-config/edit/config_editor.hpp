// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading and replacing the files of a configuration directory: each change is whole or not there
// at all, whatever is killed when, and nothing outside of the directory is touched through links.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::config_tool {

// Has the directory to itself among editors as long as it lives.
//
// Names are "settings" and "profiles/NAME". Errors: Permanent, naming file and reason; then nothing
// has changed.
class ConfigEditor {
 public:
  // Makes the directory where there is none; not the one above it.
  static Result<ConfigEditor> open(const std::string& directory);

  // Nothing: there is no such file. At most 1 MiB of a regular file, not through symbolic links.
  Result<std::optional<std::string>> read(const std::string& name);
  // Owner, group and mode stay; a new profile is its owner's alone. Refused when somebody else
  // changed the file since it was read.
  Status write(const std::string& name, const std::string& text);
  Status remove(const std::string& name);

 private:
  // Of a file as it was read; all 0: it was not there.
  struct Seen {
    unsigned long long inode = 0;
    long long size = 0;
    long long changed_s = 0;
    long long changed_ns = 0;
    bool operator==(const Seen&) const = default;
  };
  struct Place {
    int folder = -1;
    UniqueFd owned;  // of profiles/
    std::string file;
  };
  ConfigEditor(std::string path, UniqueFd directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}
  Result<Place> place(const std::string& name, bool make);
  Status unchanged(const std::string& name, const Place& place);

  std::string path_;
  UniqueFd directory_;
  std::map<std::string, Seen> seen_;
};

}  // namespace mwan::config_tool
