// SPDX-License-Identifier: LGPL-2.1-or-later
// Notices when somebody else removes or replaces the default route of ours, and has it put back.
#pragma once

#include <functional>
#include <optional>

#include "hal/loop.hpp"
#include "netlink/monitor.hpp"

namespace mwan::netlink {

// NOTE Threading: on the loop's thread. The monitor outlives it.
class DefaultRouteKeeper {
 public:
  // look: called from the loop when a default route of ours has gone from the main table, for
  // whatever reason, also one of our own making. At once, but no more than once a second: whoever
  // insists on another route is not fought faster than that.
  DefaultRouteKeeper(Loop& loop, Monitor& monitor, std::function<void()> look);

 private:
  void gone();

  Loop& loop_;
  std::function<void()> look_;
  std::optional<Instant> last_;
  SourceHandle soon_;
  LinkMonitor::Watch watch_;
};

}  // namespace mwan::netlink
