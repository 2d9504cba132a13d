// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a link's addressing comes from when it is not in its profile: a protocol on the wire.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "hal/task.hpp"
#include "hal/time.hpp"

namespace mwan {

// Threading and ownership as LinkDriver's. It reports; nothing in the kernel is changed by it.
class AddressClient {
 public:
  struct Calls {
    // All there is now, at least one family; again when it changes.
    std::function<void(const IpConfig&)> got;
    // There is nothing any more.
    std::function<void(const std::string& why)> lost;
    std::function<void(const Error& error, std::optional<Duration> retry_in)> trouble;
  };

  AddressClient() = default;
  AddressClient(const AddressClient&) = delete;
  AddressClient& operator=(const AddressClient&) = delete;
  virtual ~AddressClient() = default;

  // The device is there and up. It asks until stop(), also while there is no carrier: what it then
  // hears of is not to be relied on. Calls come from the main loop, never from inside start().
  virtual void start(Calls calls) = 0;
  // Whether there is carrier; none at first. For clients that do not watch it themselves. Also
  // while it is not started.
  virtual void carrier(bool /*up*/) {}
  // In a bounded time; no call comes after it was called. It may be started again when it is done.
  virtual Task<void> stop() = 0;
};

}  // namespace mwan
