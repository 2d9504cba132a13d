// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user's program is told of: verdicts, states, and the link that carries the traffic.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "failover/metrics/meters.hpp"

namespace mwan::failover {

struct Notice {
  std::vector<std::string>
      words;  // the arguments: "link" "lte" "down", "state" "X", "active" "lte"
  std::vector<std::string> environment;  // MWAN_EVENT, MWAN_LINK, MWAN_VERDICT, MWAN_STATE,
                                         // MWAN_ACTIVE, MWAN_REASON
  bool operator==(const Notice&) const = default;
};

// Of one step of the engine; meters have taken it already. before: the active link's name before.
std::vector<Notice> notices_of(const std::vector<Action>& actions, const Meters& meters,
                               const std::string& before);

// The name of the link that carries the traffic; empty for none.
std::string active_name(const Meters& meters);

}  // namespace mwan::failover
