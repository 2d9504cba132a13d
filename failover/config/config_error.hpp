// SPDX-License-Identifier: LGPL-2.1-or-later
// What is wrong with a configuration file, and where.
#pragma once

#include <string>
#include <vector>

namespace mwan::failover {

struct ConfigError {
  std::string file;
  int line = 0;         // from 1; 0 = the file as a whole
  std::string message;  // never holds a secret's value

  bool operator==(const ConfigError&) const = default;
  // "/etc/mwan/settings:7: unknown key ..."
  [[nodiscard]] std::string text() const {
    return file + (line > 0 ? ":" + std::to_string(line) : "") + ": " + message;
  }
};

using ConfigErrors = std::vector<ConfigError>;
// The same shape; the configuration is used all the same.
using ConfigWarnings = std::vector<ConfigError>;

}  // namespace mwan::failover
