// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/wmn_lab/play.hpp"

#include <memory>

#include "tools/mwan-replay/wmn_lab/link.hpp"

namespace mwan::replay {

Played play(const failover::Policy& policy, const std::vector<ScoredLink>& links,
            std::size_t seconds, const Options& options, bool opinions) {
  const Blinds blinds{.neighbours = options.without_neighbours,
                      .nr = options.without_nr,
                      .radio = options.mode == Mode::Pings};
  std::vector<WmnLabLink> recorded;
  recorded.reserve(links.size());
  for (const ScoredLink& link : links) {
    recorded.emplace_back(*link.recording, link.offset, options.seed, blinds);
  }
  std::vector<RecordedLink*> driven;
  driven.reserve(links.size());
  for (WmnLabLink& link : recorded) driven.push_back(&link);
  DriveOptions drive_options;
  drive_options.radio_late_s = options.radio_late_s;
  drive_options.opinions = opinions;
  drive_options.probes_per_round = options.probes;
  Played out{drive(policy, driven, seconds, drive_options), {}};
  out.score = score(out.result, links);
  return out;
}

Played play_pair(const failover::Policy& policy, const Drives& drives, const Pair& pair,
                 const Options& options, bool opinions) {
  return play(policy,
              {{&drives.recordings.at(pair.a), pair.offset_a},
               {&drives.recordings.at(pair.b), pair.offset_b}},
              pair.seconds, options, opinions);
}

}  // namespace mwan::replay
