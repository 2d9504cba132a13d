// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of a configuration directory, one by one, for commands that show also what is wrong.
#pragma once

#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tools/mwan-config/shown_values.hpp"

namespace mwan::config_tool {

// name: "settings" or "profiles/NAME".
Result<ShownFile> read_shown(const std::string& directory, const std::string& name);
// By name; what is no name for a profile is left out.
Result<std::vector<std::string>> profile_names(const std::string& directory);

}  // namespace mwan::config_tool
