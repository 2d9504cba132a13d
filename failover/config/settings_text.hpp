// SPDX-License-Identifier: LGPL-2.1-or-later
// The line format of settings and profiles, as IPFire's own reader and writer keep it: KEY=value,
// no comments. What that reader would drop without a word is an error here.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "failover/config/config_error.hpp"

namespace mwan::failover {

struct SettingsEntry {
  int line = 0;
  std::string key;    // [A-Z][A-Z0-9_]*
  std::string value;  // without the quotes; may be empty, which means "not set"

  bool operator==(const SettingsEntry&) const = default;
};

struct SettingsText {
  std::vector<SettingsEntry> entries;         // each key once, in the order of the file
  ConfigErrors errors;                        // of all lines, the first 50
  std::set<std::string, std::less<>> broken;  // keys whose line has an error
};

// Pure; file is only the name put into the errors. No error quotes a value: it may be a secret.
SettingsText parse_settings_text(const std::string& file, std::string_view text);

}  // namespace mwan::failover
