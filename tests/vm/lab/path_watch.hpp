// SPDX-License-Identifier: LGPL-2.1-or-later
// By which device the kernel would send a packet to a stranger, asked every millisecond. Routes
// tell less: where one stands behind another, packets take it before any message about it.
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

namespace mwan::vm {

// NOTE Threading: one thread of its own, in front of all that is not real-time. The public
// functions may be called from any other.
class PathWatch {
 public:
  // Of the caller's network namespace. Needs CAP_SYS_NICE.
  static Result<std::unique_ptr<PathWatch>> start();
  PathWatch(const PathWatch&) = delete;
  PathWatch& operator=(const PathWatch&) = delete;
  ~PathWatch();

  // When packets began to leave by this network device, not before `since`.
  [[nodiscard]] std::optional<Instant> moved(const std::string& name, Instant since) const;

 private:
  struct Change {
    Instant time;
    std::string name;  // "" = by none
  };
  explicit PathWatch(UniqueFd socket) : socket_(std::move(socket)), thread_([this] { watch(); }) {}
  void watch();
  // 0 = by none; absent: no answer.
  [[nodiscard]] std::optional<int> device_index() const;

  UniqueFd socket_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
  std::thread thread_;
};

}  // namespace mwan::vm
