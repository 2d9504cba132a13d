// SPDX-License-Identifier: LGPL-2.1-or-later
// When a tether without carrier is worth a reset of its USB device. Pure.
//
// An iPhone that restarted, or was away from its lock screen for long, may come back on the bus
// with ipheth bound and its carrier down for ever, where only a reset of the USB device helps. A
// carrier that is down because the user switched tethering off looks the same, so resets are few.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "hal/time.hpp"

namespace mwan {

// Of one phone, for as long as somebody knows it: what it was does not end with being unplugged.
class DeadCarrier {
 public:
  // Of the driver's own carrier check, which runs once a second, some are lost on a busy bus.
  static constexpr Duration kPatience = std::chrono::seconds(5);
  // Between the resets while none helps; after the last nothing more is tried until carrier was
  // seen.
  static constexpr std::array<Duration, 3> kPauses = {kPatience, std::chrono::minutes(1),
                                                      std::chrono::minutes(5)};

  // A carrier that was never seen is not dead: the user has to switch tethering on, or to trust
  // this computer, first.
  void carrier(bool up, Instant now);
  // Left the bus, by being unplugged, restarted or reset: when it comes back without a carrier,
  // that is down since then.
  void gone() { down_since_.reset(); }
  // When to look again; nothing = when something happens.
  [[nodiscard]] std::optional<Instant> deadline() const;
  // At the deadline: whether to reset now. A true counts as done.
  bool reset_due(Instant now);

 private:
  bool seen_ = false;
  std::optional<Instant> down_since_;
  std::size_t resets_ = 0;  // since carrier was last seen
};

}  // namespace mwan
