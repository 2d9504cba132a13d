// SPDX-License-Identifier: LGPL-2.1-or-later
// The recovery ladder with its hands: what can be done where this modem is, and the measures that
// are the host's to take. Those that the modem is asked for are part of the next attempt.
#pragma once

#include <functional>
#include <optional>

#include "hal/link_event.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/modem_config.hpp"
#include "modems/recovery/ladder.hpp"
#include "modems/recovery/usb_reset.hpp"

namespace mwan::modem {

class Recovery {
 public:
  // config must outlive it.
  Recovery(Loop& loop, const ModemConfig& config);

  // The device is there.
  void seen();
  void attaching() { ladder_.attaching(Loop::now()); }
  void working() { ladder_.working(Loop::now()); }
  // Somebody did something about it, such as putting in another SIM.
  void forget() { ladder_.forget(); }
  [[nodiscard]] Verdict failed(const Error& why, TroubleKind kind);
  // The host's measures; nothing to do for the others.
  Task<Status> carry_out(Rung rung, Cancel cancel);

  // What people are told: the failure, and what is done about it where that is more than trying
  // again.
  static fact::Trouble trouble(Error why, const Verdict& verdict);

 private:
  Loop& loop_;
  const ModemConfig& config_;
  Ladder ladder_;
  bool device_seen_ = false;
  std::optional<UsbDevice> usb_;  // where it was seen last
};

}  // namespace mwan::modem
