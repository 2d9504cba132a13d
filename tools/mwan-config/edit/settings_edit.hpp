// SPDX-License-Identifier: LGPL-2.1-or-later
// Changing one key in the text of a settings file or profile; every other byte stays. Pure.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace mwan::config_tool {

// The key on its line, or on a new one at the end. An error for a value that the format of the
// files cannot hold (failover/config/settings_text.hpp); it never quotes the value.
tl::expected<std::string, std::string> with_key(std::string_view text, std::string_view key,
                                                std::string_view value);
// Without the key's line.
std::string without_key(std::string_view text, std::string_view key);
// The number of the key's line, from 1; 0: it has none.
int line_of(std::string_view text, std::string_view key);

}  // namespace mwan::config_tool
