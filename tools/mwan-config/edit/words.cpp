// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "failover/config/apply.hpp"
#include "failover/plain_name.hpp"

namespace mwan::config_tool {
namespace {

using tl::unexpected;

template <class Target>
const failover::KeyInfo* find(const std::vector<failover::Key<Target>>& keys,
                              const std::string& name) {
  const auto at = std::ranges::find(keys, name, &failover::KeyInfo::name);
  return at == keys.end() ? nullptr : &*at;
}

bool is_assignment(const std::string& word) { return word.find('=') != std::string::npos; }

bool looks_like_key(const std::string& word) {
  return std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string not_a_profile(const std::string& name) {
  return fmt::format("{} is neither a key of the settings nor a name for a profile", name);
}

}  // namespace

const failover::KeyInfo* find_key(const std::string& key, bool of_profile) {
  return of_profile ? find(failover::profile_keys(), key) : find(failover::settings_keys(), key);
}

std::string no_such_key(const std::string& key, bool of_profile) {
  const auto profile = failover::names_of(failover::profile_keys());
  const auto settings = failover::names_of(failover::settings_keys());
  return failover::unknown_key_message(key, of_profile ? profile : settings,
                                       of_profile ? settings : profile,
                                       of_profile ? "the file settings" : "a file in profiles/");
}

bool is_profile_name(const std::string& name) {
  return failover::is_plain_name(name, 32) && name.front() != '-' && name.front() != '.' &&
         !name.ends_with('~');
}

std::string file_of(const std::string& profile) {
  return profile.empty() ? "settings" : "profiles/" + profile;
}

tl::expected<KeyWords, std::string> parse_key_words(const std::vector<std::string>& words) {
  if (words.empty() || words.size() > 2) {
    return unexpected(std::string("expected KEY, or PROFILE KEY"));
  }
  KeyWords out{words.size() == 2 ? words.front() : "", words.back()};
  if (!out.profile.empty() && !is_profile_name(out.profile)) {
    return unexpected(not_a_profile(out.profile));
  }
  if (find_key(out.key, !out.profile.empty()) == nullptr) {
    return unexpected(no_such_key(out.key, !out.profile.empty()));
  }
  return out;
}

tl::expected<Assignment, std::string> parse_assignment(const std::string& word, bool of_profile) {
  const auto sign = word.find('=');
  Assignment out{word.substr(0, sign), {}};
  const auto* key = find_key(out.key, of_profile);
  if (key == nullptr) return unexpected(no_such_key(out.key, of_profile));
  if (sign != std::string::npos) out.value = word.substr(sign + 1);
  if (key->secret && out.value && !out.value->empty()) {
    return unexpected(fmt::format(
        "{} is a secret, and everybody may read command lines: give {} alone, and its value on the "
        "terminal or standard input",
        key->name, key->name));
  }
  if (!key->secret && !out.value) return unexpected(fmt::format("{}: the value is missing", word));
  return out;
}

tl::expected<SetWords, std::string> parse_set_words(const std::vector<std::string>& words) {
  SetWords out;
  std::vector<std::string> rest = words;
  // The first word names a profile when it is neither KEY=VALUE nor a key.
  if (!rest.empty() && !is_assignment(rest.front()) && find_key(rest.front(), false) == nullptr) {
    out.profile = rest.front();
    rest.erase(rest.begin());
    if (rest.size() == 1 && looks_like_key(out.profile)) {
      return unexpected(no_such_key(out.profile, false));
    }
    if (!is_profile_name(out.profile)) return unexpected(not_a_profile(out.profile));
  }
  const bool of_profile = !out.profile.empty();
  if (rest.empty()) return unexpected(std::string("expected [PROFILE] KEY VALUE"));
  const bool pair = rest.size() == 2 && !is_assignment(rest.front());
  if (pair) rest = {rest.front() + "=" + rest.back()};
  for (const std::string& word : rest) {
    auto assignment = parse_assignment(word, of_profile);
    if (!assignment) return unexpected(assignment.error());
    out.assignments.push_back(std::move(*assignment));
  }
  return out;
}

}  // namespace mwan::config_tool
