// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of get, set and unset: which file, which keys, which values. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "failover/config/keys.hpp"

namespace mwan::config_tool {

struct KeyWords {
  std::string profile;  // empty: the file settings
  std::string key;
  bool operator==(const KeyWords&) const = default;
};
// [PROFILE] KEY. The error says what is wrong with them.
tl::expected<KeyWords, std::string> parse_key_words(const std::vector<std::string>& words);

struct Assignment {
  std::string key;
  std::optional<std::string> value;  // nothing: a secret, which is asked for
  bool operator==(const Assignment&) const = default;
};
struct SetWords {
  std::string profile;  // empty: the file settings
  std::vector<Assignment> assignments;
  bool operator==(const SetWords&) const = default;
};
// [PROFILE] KEY VALUE, [PROFILE] KEY=VALUE..., or PROFILE KEY for a secret.
tl::expected<SetWords, std::string> parse_set_words(const std::vector<std::string>& words);

// "KEY=VALUE" of --set, for a profile; "KEY" alone for a secret.
tl::expected<Assignment, std::string> parse_assignment(const std::string& word, bool of_profile);

// Nothing: there is no such key.
const failover::KeyInfo* find_key(const std::string& key, bool of_profile);
std::string no_such_key(const std::string& key, bool of_profile);
bool is_profile_name(const std::string& name);
// "settings" or "profiles/NAME".
std::string file_of(const std::string& profile);

}  // namespace mwan::config_tool
