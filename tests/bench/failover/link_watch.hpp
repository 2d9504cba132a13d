// SPDX-License-Identifier: LGPL-2.1-or-later
// When the kernel tells everybody that a network device lost its carrier, was set down or is gone.
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

namespace mwan::bench {

// Threading: one thread of its own; the public functions may be called from any other.
class LinkWatch {
 public:
  static Result<std::unique_ptr<LinkWatch>> start(const lab::NetNs& netns, std::string device);
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;
  ~LinkWatch();

  // The first such message that was read at `since` or later.
  [[nodiscard]] std::optional<Instant> lost(Instant since) const;

 private:
  LinkWatch(UniqueFd netlink, std::string device);
  void watch();

  UniqueFd netlink_;
  std::string device_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<Instant> lost_;
  std::thread thread_;
};

}  // namespace mwan::bench
