// SPDX-License-Identifier: LGPL-2.1-or-later
// What the link's own probes say of its losses, as features. Pure.
#pragma once

#include <optional>
#include <vector>

#include "failover/core/risk/features.hpp"
#include "failover/core/risk/memory.hpp"

namespace mwan::failover {

class ProbeFeatures {
 public:
  // One round; lost: the part of it that was not answered, 0..1.
  void add(Instant now, double lost);
  void clear();
  void read(Instant now, Features& out) const;

  // The part lost in the last second, nothing when none was sent.
  [[nodiscard]] std::optional<double> last_second(Instant now) const;

 private:
  // As LevelMemory, but between rounds nothing is known: a loss is not "still true", and pauses
  // neither improve a link nor spoil it.
  struct Mean {
    double weight;
    double value = 0;
  };
  struct Round {
    Instant time;
    double lost;
  };
  std::optional<Instant> last_;
  std::vector<Round> recent_;  // of the last second, oldest first, bounded
  Mean fast_{0.5};
  Mean slow_{0.1};
  Mean long_{0.03};
};

}  // namespace mwan::failover
