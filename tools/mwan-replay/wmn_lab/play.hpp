// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays recordings of the WMN-LAB format.
#pragma once

#include <vector>

#include "tools/mwan-replay/options.hpp"
#include "tools/mwan-replay/score.hpp"
#include "tools/mwan-replay/wmn_lab/pairs.hpp"

namespace mwan::replay {

struct Played {
  DriveResult result;
  Score score;
};

// links: recordings and where second 0 is in each; all last for `seconds` from there.
Played play(const failover::Policy& policy, const std::vector<ScoredLink>& links,
            std::size_t seconds, const Options& options, bool opinions);
Played play_pair(const failover::Policy& policy, const Drives& drives, const Pair& pair,
                 const Options& options, bool opinions = false);

}  // namespace mwan::replay
