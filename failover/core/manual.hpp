// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person may ask of the engine, and what stays in force of it. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/link_event.hpp"

namespace mwan::failover {

enum class CommandKind {
  Failover,  // to the named link, or the best other one, and stay there
  Failback,  // the engine chooses again, beginning with the preferred link
  Pause,     // watch and record, and change nothing
  Resume,
  MaintenanceOn,  // never choose the named link
  MaintenanceOff,
};

// An event: answered in the same step by one CommandAnswer.
struct Command {
  CommandKind kind = CommandKind::Failover;
  std::optional<LinkId> link;  // with Failover, MaintenanceOn and MaintenanceOff
  bool operator==(const Command&) const = default;
};

// What people decided and the engine keeps to, also in the next run.
struct Manual {
  bool paused = false;
  // Chosen by hand: the traffic stays there, or goes there as soon as the link can carry it, until
  // failback, or until that link is dead while another one lives.
  std::optional<LinkId> held;
  std::vector<LinkId> maintenance;  // in order, each once
  bool operator==(const Manual&) const = default;
};

}  // namespace mwan::failover
