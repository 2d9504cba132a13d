// SPDX-License-Identifier: LGPL-2.1-or-later
// Which ports are there, and when that changes, without knowing who says so.
#pragma once

#include <functional>
#include <memory>

#include "hal/discovery/port.hpp"
#include "hal/error.hpp"

namespace mwan {

struct PortEvent {
  enum class What { Added, Changed, Removed };
  What what = What::Added;
  Port port;  // when removed: as it was last known
  bool operator==(const PortEvent&) const = default;
};

// NOTE Threading: on the loop's thread.
class Discovery {
 public:
  using Watch = std::shared_ptr<void>;

  Discovery() = default;
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;
  virtual ~Discovery() = default;

  // From the main loop: first everything that is there, as Added, then what changes; each change
  // once, nothing twice. A device that was renamed or moved is removed and added. The watch lasts
  // as long as its handle, which must not outlive the discovery.
  [[nodiscard]] virtual Watch watch_ports(std::function<void(const PortEvent&)> call) = 0;
};

}  // namespace mwan
