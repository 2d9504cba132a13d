// SPDX-License-Identifier: LGPL-2.1-or-later
// From the lines of a file to the members of a struct, driven by a key table.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "failover/config/config_error.hpp"
#include "failover/config/keys.hpp"
#include "failover/config/settings_text.hpp"

namespace mwan::failover {

// Keys of a file whose value could not be had: checks that need them stay silent, so that one
// mistake makes one error.
struct Broken {
  bool all = false;  // the file could not be read
  std::set<std::string, std::less<>> keys;

  [[nodiscard]] bool any(std::initializer_list<std::string_view> names) const {
    return all || std::ranges::any_of(names, [this](auto name) { return keys.contains(name); });
  }
};

// Why a key is not accepted in this file. other_names: the keys of the other kind of file.
std::string unknown_key_message(std::string_view key, const std::vector<std::string_view>& names,
                                const std::vector<std::string_view>& other_names,
                                std::string_view other_place);

template <class Target>
std::vector<std::string_view> names_of(const std::vector<Key<Target>>& keys) {
  std::vector<std::string_view> out;
  out.reserve(keys.size());
  for (const auto& key : keys) out.push_back(key.name);
  return out;
}

// Sets what can be set, target.origin.lines too; reports the rest. An empty value counts as not
// set.
template <class Target>
void apply_entries(const SettingsText& text, const std::vector<Key<Target>>& keys,
                   const std::vector<std::string_view>& other_names, std::string_view other_place,
                   Target& target, Broken& broken, ConfigErrors& errors) {
  const std::string& file = target.origin.file;
  broken.keys.insert(text.broken.begin(), text.broken.end());
  for (const auto& entry : text.entries) {
    const auto key = std::ranges::find(keys, entry.key, &Key<Target>::name);
    if (key == keys.end()) {
      errors.push_back({file, entry.line,
                        unknown_key_message(entry.key, names_of(keys), other_names, other_place)});
      continue;
    }
    if (entry.value.empty()) continue;
    const auto value = read_value(key->type, entry.value, key->secret);
    if (!value) {
      errors.push_back({file, entry.line, entry.key + ": " + value.error()});
      broken.keys.insert(entry.key);
      continue;
    }
    key->set(target, *value);
    target.origin.lines.emplace(entry.key, entry.line);
  }
}

}  // namespace mwan::failover
