// SPDX-License-Identifier: LGPL-2.1-or-later
// Which driver and which prober a profile gets.
#pragma once

#include "failover/hotplug/hotplug.hpp"
#include "failover/run/runtime.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"

namespace mwan::daemon {

// The references outlive the workshop and everything made in it. observe_only: the drivers look,
// and change nothing (dry run).
failover::Workshop make_workshop(Loop& loop, LinkMonitor& monitor, failover::Hotplug& hotplug,
                                 bool observe_only);

}  // namespace mwan::daemon
