// SPDX-License-Identifier: LGPL-2.1-or-later
// Recordings made at the same time on several phones: each ordered pair is a router with two
// modems.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tools/mwan-replay/wmn_lab/recording.hpp"

namespace mwan::replay {

struct Pair {
  std::int64_t number = 0;
  std::string date;
  std::size_t a = 0;  // recordings by position in Drives::recordings
  std::size_t b = 0;
  std::size_t offset_a = 0;  // the pair's second 0 in each
  std::size_t offset_b = 0;
  std::size_t seconds = 0;
};

struct Drives {
  std::vector<Recording> recordings;
  std::vector<std::string> dates;  // of each recording
  std::vector<Pair> pairs;
};

// pairs_csv: columns pair, date, epoch (the first common second), n (seconds), nameA and nameB
// (files in `folder`); others are ignored.
Result<Drives> load_drives(const std::string& pairs_csv, const std::string& folder);

}  // namespace mwan::replay
