// SPDX-License-Identifier: LGPL-2.1-or-later
// What a choice of links would have lost.
#pragma once

#include <cstdint>
#include <vector>

#include "tools/mwan-replay/drive.hpp"
#include "tools/mwan-replay/wmn_lab/recording.hpp"

namespace mwan::replay {

struct Score {
  std::uint64_t seconds = 0;  // with a row in every recording
  std::uint64_t lost = 0;     // lost seconds on the link in use
  std::uint64_t in_runs = 0;  // of them, those within a loss of two seconds and more on that link
  std::uint64_t switches = 0;
  std::uint64_t probes = 0;

  void add(const Score& other);
  [[nodiscard]] double an_hour(std::uint64_t count) const;
};

// One of the links that were driven.
struct ScoredLink {
  const Recording* recording = nullptr;
  std::size_t offset = 0;
};

Score score(const DriveResult& result, const std::vector<ScoredLink>& links);

}  // namespace mwan::replay
