// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of a timeline, and its times, for tests.
#pragma once

#include <string>
#include <vector>

#include "tests/lab/timeline.hpp"

namespace mwan::lab {

inline Instant at(Duration since_zero) { return Instant(since_zero); }

inline std::vector<std::string> texts(const std::vector<TimelineEntry>& entries) {
  std::vector<std::string> all;
  all.reserve(entries.size());
  for (const auto& entry : entries) all.push_back(entry.text);
  return all;
}

}  // namespace mwan::lab
