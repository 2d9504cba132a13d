// SPDX-License-Identifier: LGPL-2.1-or-later
// When the kernel said what: its uevents (which udev hears as well), its messages about network
// devices, and the default route of the main table. For the guest of tests/vm.
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

// NOTE Threading: one thread of its own, in front of all that is not real-time, so that on one
// processor a message is seen when it is sent. The public functions may be called from any other.
class KernelWatch {
 public:
  // Of the caller's network namespace. Needs CAP_NET_ADMIN and CAP_SYS_NICE.
  static Result<std::unique_ptr<KernelWatch>> start();
  KernelWatch(const KernelWatch&) = delete;
  KernelWatch& operator=(const KernelWatch&) = delete;
  ~KernelWatch();

  // The first uevent that adds a USB device or a network device, not before `since`.
  [[nodiscard]] std::optional<Instant> device_added(Instant since) const;
  // The first message that this network device has lost its carrier, is down, or is gone.
  [[nodiscard]] std::optional<Instant> link_lost(const std::string& name, Instant since) const;
  // The message that it is gone.
  [[nodiscard]] std::optional<Instant> link_gone(const std::string& name, Instant since) const;
  // The first uevent that takes a USB device, a part of one, or a network device away.
  [[nodiscard]] std::optional<Instant> device_removed(Instant since) const;
  // When the IPv4 default route came to this network device.
  [[nodiscard]] std::optional<Instant> route_moved(const std::string& name, Instant since) const;

 private:
  enum class What { Added, Removed, Lost, Gone, Moved };
  struct Seen {
    Instant time;
    What what;
    std::string name;  // of the network device; of Added and Removed the path below /sys
  };

  KernelWatch(UniqueFd uevents, UniqueFd messages)
      : uevents_(std::move(uevents)),
        messages_(std::move(messages)),
        thread_([this] { watch(); }) {}
  void watch();
  void note(Instant time, What what, std::string name);
  [[nodiscard]] std::optional<Instant> first(What what, const std::string* name,
                                             Instant since) const;

  UniqueFd uevents_;
  UniqueFd messages_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::thread thread_;
};

}  // namespace mwan::vm
