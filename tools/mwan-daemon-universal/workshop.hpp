// SPDX-License-Identifier: LGPL-2.1-or-later
// Which driver and which prober a profile gets.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "failover/hotplug/hotplug.hpp"
#include "failover/run/runtime.hpp"
#include "hal/link_monitor.hpp"
#include "hal/loop.hpp"

namespace mwan::daemon {

struct WorkshopOptions {
  bool observe_only = false;  // the drivers look, and change nothing (dry run)
  // For what the links' own programs need, one folder for each link.
  std::filesystem::path links_folder;
  // Makes the driver of the host's own uplink (Profile::hosts_own), by means of that of a link like
  // it.
  std::function<std::unique_ptr<LinkDriver>(
      const std::function<std::unique_ptr<LinkDriver>(const failover::Profile&)>& drive)>
      hosts_own;
};

// The references outlive the workshop and everything made in it.
failover::Workshop make_workshop(Loop& loop, LinkMonitor& monitor, failover::Hotplug& hotplug,
                                 const WorkshopOptions& options);

}  // namespace mwan::daemon
