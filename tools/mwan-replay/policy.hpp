// SPDX-License-Identifier: LGPL-2.1-or-later
// Under which policy recordings are played.
#pragma once

#include "failover/core/policy.hpp"
#include "hal/error.hpp"
#include "tools/mwan-replay/options.hpp"

namespace mwan::replay {

// Of the settings, or the daemon's defaults for links of one priority that are always connected,
// with one round of five probes a second: the resolution of recordings.
Result<failover::Policy> make_replay_policy(const Options& options, std::size_t links);

}  // namespace mwan::replay
