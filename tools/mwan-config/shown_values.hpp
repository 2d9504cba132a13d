// SPDX-License-Identifier: LGPL-2.1-or-later
// What the files of a configuration say, key by key: for show and get. Pure. Secrets are only told
// to be set or not.
#pragma once

#include <string>
#include <vector>

#include "failover/config/settings_text.hpp"

namespace mwan::config_tool {

struct ShownValue {
  std::string key;
  std::string value;  // empty: not set, and without a default
  std::string from;   // "settings:3", "default"; empty with an empty value
  bool operator==(const ShownValue&) const = default;
};

struct ShownFile {
  std::string name;  // "settings", "profiles/lte"
  failover::SettingsText text;
};

std::vector<ShownValue> shown_settings(const ShownFile& settings);
// Those of the profile's KIND; all of them when that is not known.
std::vector<ShownValue> shown_profile(const ShownFile& profile, const ShownFile& settings);

// A table with the file's name above it.
std::string shown_text(const std::string& title, const std::vector<ShownValue>& values);

}  // namespace mwan::config_tool
