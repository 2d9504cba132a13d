// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon under people's hands: what arrives at the control socket, and what they decided in
// earlier runs.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "failover/control/server.hpp"
#include "failover/run/runtime.hpp"
#include "failover/state/state_writer.hpp"

namespace mwan::daemon {

// Before the runtime starts. The writer outlives the runtime.
void resume_manual(failover::Runtime& runtime, const failover::StateStore& store,
                   failover::StateWriter& writer);

// What requests ask of the daemon that is not the runtime's.
struct ControlCalls {
  std::function<void()> look;  // devices changed, as mwan-hotplug says
  std::function<failover::control::Answer()> reload;
  std::function<void(bool up)> red_changed;  // as IPFire's hooks say
  std::function<void()> resume;              // before the engine's own
  std::function<std::string()> stood_aside;  // why RED is left alone; empty: it is not
};

// group: of CONTROL_GROUP; empty: none. The runtime outlives the server.
Result<std::unique_ptr<failover::control::Server>> open_control(Loop& loop,
                                                                const std::string& directory,
                                                                const std::string& group,
                                                                failover::Runtime& runtime,
                                                                ControlCalls calls);

}  // namespace mwan::daemon
