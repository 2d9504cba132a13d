// SPDX-License-Identifier: LGPL-2.1-or-later
// The search for the best of the links.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "hal/link_event.hpp"

namespace mwan::failover {

// The link of the lowest rank, of equals the first. rank(link): an optional of what can be
// compared; nothing for a link that is out of the question.
template <class RankOf>
std::optional<LinkId> best_link(std::uint16_t count, const RankOf& rank) {
  decltype(rank(LinkId{})) lowest;
  std::optional<LinkId> best;
  for (std::uint16_t i = 0; i < count; ++i) {
    auto here = rank(LinkId{i});
    if (!here || (best && !(*here < *lowest))) continue;
    best = LinkId{i};
    lowest = std::move(here);
  }
  return best;
}

}  // namespace mwan::failover
