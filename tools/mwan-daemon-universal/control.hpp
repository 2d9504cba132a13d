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

// group: of CONTROL_GROUP; empty: none. look: devices changed, as mwan-hotplug says. The runtime
// outlives the server.
Result<std::unique_ptr<failover::control::Server>> open_control(Loop& loop,
                                                                const std::string& directory,
                                                                const std::string& group,
                                                                failover::Runtime& runtime,
                                                                std::function<void()> look);

}  // namespace mwan::daemon
