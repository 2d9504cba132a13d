// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/apply.hpp"

#include <numeric>

#include <fmt/format.h>

namespace mwan::failover {

namespace {

// The number of insertions, deletions and replacements that lead from a to b (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_key(std::string_view unknown, std::span<const std::string_view> names) {
  // Three slips are a typo in a long key; in a short one they are another word.
  std::size_t best = std::min<std::size_t>(3, std::max<std::size_t>(1, unknown.size() / 2)) + 1;
  std::string_view nearest;
  if (unknown.size() > 40) return nearest;
  for (const auto name : names) {
    const std::size_t distance = edit_distance(unknown, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string unknown_key_message(std::string_view key, const std::vector<std::string_view>& names,
                                const std::vector<std::string_view>& other_names,
                                std::string_view other_place) {
  if (std::ranges::find(other_names, key) != other_names.end()) {
    return fmt::format("{} belongs into {}", key, other_place);
  }
  const std::string shown(key.substr(0, 64));
  const auto nearest = nearest_key(key, names);
  if (nearest.empty()) return fmt::format("unknown key {}", shown);
  return fmt::format("unknown key {}; did you mean {}?", shown, nearest);
}

}  // namespace mwan::failover
