// SPDX-License-Identifier: LGPL-2.1-or-later
// Watches from outside when a namespace's default route changes its device.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::lab {

struct RouteChange {
  Instant time;        // when the kernel's message was read
  std::string device;  // "" = there is no default route any more
  bool operator==(const RouteChange&) const = default;
};

// NOTE The kernel drops IPv4 routes of a device that is set down or removed without a message, so a
// route is only known to be gone when it was removed or another one took its place.
// Threading: one thread of its own; the public functions may be called from any other.
class RouteWatch {
 public:
  static Result<std::unique_ptr<RouteWatch>> start(const NetNs& netns);
  RouteWatch(const RouteWatch&) = delete;
  RouteWatch& operator=(const RouteWatch&) = delete;
  ~RouteWatch();

  // Changes of device since the start, oldest first.
  [[nodiscard]] std::vector<RouteChange> changes() const;
  // The device of the default route now, "" = none.
  [[nodiscard]] std::string device() const;
  // When the default route came to device, not before `since`.
  [[nodiscard]] std::optional<Instant> moved_to(const std::string& device, Instant since) const;

 private:
  RouteWatch(UniqueFd netlink, UniqueFd names);
  void watch();

  UniqueFd netlink_;
  UniqueFd names_;  // any socket of the namespace, for device names
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<RouteChange> changes_;
  std::thread thread_;
};

}  // namespace mwan::lab
