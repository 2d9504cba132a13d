// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/shown_values.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "failover/config/keys.hpp"

namespace mwan::config_tool {
namespace {

using failover::KeyInfo;
using failover::SettingsEntry;

const SettingsEntry* find(const ShownFile& file, std::string_view key) {
  const auto at = std::ranges::find(file.text.entries, key, &SettingsEntry::key);
  return at == file.text.entries.end() || at->value.empty() ? nullptr : &*at;
}

std::optional<ShownValue> from_file(const ShownFile& file, const KeyInfo& key) {
  const SettingsEntry* entry = find(file, key.name);
  if (entry == nullptr) return std::nullopt;
  return ShownValue{std::string(key.name), key.secret ? "set" : entry->value,
                    fmt::format("{}:{}", file.name, entry->line)};
}

ShownValue by_default(const KeyInfo& key) {
  if (key.secret) return {std::string(key.name), "not set", ""};
  return {std::string(key.name), std::string(key.default_text),
          key.default_text.empty() ? "" : "default"};
}

std::optional<LinkKind> kind_of(const ShownFile& profile) {
  const SettingsEntry* entry = find(profile, "KIND");
  if (entry == nullptr) return std::nullopt;
  for (const LinkKind kind :
       {LinkKind::Ethernet, LinkKind::Modem, LinkKind::Tether, LinkKind::Pppoe}) {
    if (failover::word(kind) == entry->value) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::vector<ShownValue> shown_settings(const ShownFile& settings) {
  std::vector<ShownValue> out;
  for (const KeyInfo& key : failover::settings_keys()) {
    out.push_back(from_file(settings, key).value_or(by_default(key)));
  }
  return out;
}

std::vector<ShownValue> shown_profile(const ShownFile& profile, const ShownFile& settings) {
  const auto kind = kind_of(profile);
  const auto inherited = shown_settings(settings);
  std::vector<ShownValue> out;
  for (const KeyInfo& key : failover::profile_keys()) {
    if (kind && !belongs_to(key.kind, *kind)) continue;
    auto value = from_file(profile, key);
    const auto same = std::ranges::find(inherited, key.name, &ShownValue::key);
    if (!value && same != inherited.end()) value = *same;
    if (!value) value = by_default(key);
    // What goes over a phone's line costs, unless somebody says otherwise (docs/settings.md).
    if (key.name == "METERED" && kind == LinkKind::Tether && value->from == "default") {
      value->value = "yes";
    }
    out.push_back(std::move(*value));
  }
  return out;
}

std::string shown_text(const std::string& title, const std::vector<ShownValue>& values) {
  std::size_t width = 0;
  for (const ShownValue& value : values) {
    width = std::max(width, value.key.size() + 1 + value.value.size() + 2);
  }
  width = std::min<std::size_t>(width, 60);
  std::string out = title + "\n";
  for (const ShownValue& value : values) {
    const bool quoted = value.value.find(' ') != std::string::npos && value.value != "not set";
    const std::string text = value.key + "=" + (quoted ? "'" + value.value + "'" : value.value);
    out += value.from.empty() ? fmt::format("  {}\n", text)
                              : fmt::format("  {:<{}}  {}\n", text, width, value.from);
  }
  return out;
}

}  // namespace mwan::config_tool
