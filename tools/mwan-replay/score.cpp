// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/score.hpp"

#include <algorithm>

namespace mwan::replay {

void Score::add(const Score& other) {
  seconds += other.seconds;
  lost += other.lost;
  in_runs += other.in_runs;
  switches += other.switches;
  probes += other.probes;
}

double Score::an_hour(std::uint64_t count) const {
  return seconds == 0 ? 0 : 3600.0 * static_cast<double>(count) / static_cast<double>(seconds);
}

Score score(const DriveResult& result, const std::vector<ScoredLink>& links) {
  Score out;
  out.probes = result.probes;
  for (std::size_t t = 0; t < result.seconds.size(); ++t) {
    const bool everywhere = std::ranges::all_of(links, [t](const ScoredLink& link) {
      return link.recording->seconds.at(link.offset + t).measured;
    });
    const std::uint16_t active = result.seconds[t].active;
    if (t > 0 && active != result.seconds[t - 1].active) ++out.switches;
    if (!everywhere) continue;
    ++out.seconds;
    const ScoredLink& used = links.at(active);
    const auto& seconds = used.recording->seconds;
    const std::size_t at = used.offset + t;
    if (!seconds.at(at).lost()) continue;
    ++out.lost;
    const bool before = at > 0 && seconds[at - 1].lost();
    const bool after = at + 1 < seconds.size() && seconds[at + 1].lost();
    if (before || after) ++out.in_runs;
  }
  return out;
}

}  // namespace mwan::replay
