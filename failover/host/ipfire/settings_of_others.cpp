// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/settings_of_others.hpp"

#include <algorithm>

#include "failover/host/ipfire/settings_file.hpp"

namespace mwan::failover::ipfire {

Result<std::optional<std::string>> settings_of_others(std::string_view primarys,
                                                      std::string_view ours,
                                                      std::string_view found) {
  if (found == primarys || (!ours.empty() && found == ours)) return std::optional<std::string>();
  auto now = parse_settings(found, "settings");
  if (!now) return failed(now.error());
  if (ours.empty()) return std::optional(std::string(found));
  const auto written = parse_settings(ours, "settings");
  if (!written) return failed(written.error());
  const auto before = parse_settings(primarys, "settings");
  if (!before) return failed(before.error());
  const auto kept = [&](std::string_view key) { return now->get(key) == written->get(key); };
  if (!std::ranges::all_of(red_keys, kept)) return std::optional(std::string(found));
  for (const auto key : red_keys) {
    if (auto set = now->set(key, before->get(key)); !set) return failed(set.error());
  }
  return std::optional(now->text());
}

}  // namespace mwan::failover::ipfire
