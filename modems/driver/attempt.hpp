// SPDX-License-Identifier: LGPL-2.1-or-later
// What the parts of one attempt at the link share: from the opening of the device to its end.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "hal/error.hpp"
#include "hal/link_event.hpp"
#include "hal/link_level.hpp"
#include "hal/loop.hpp"
#include "hal/wait.hpp"
#include "modems/adapter.hpp"
#include "modems/driver/modem_state.hpp"
#include "modems/driver/recovery.hpp"
#include "modems/modem_config.hpp"

namespace mwan::modem {

struct Attempt {
  Loop& loop;
  const ModemConfig& config;
  ModemAdapter& adapter;
  ModemState& state;
  std::function<void(Fact)> tell;
  Recovery& recovery;
  Rung remedy = Rung::Retry;     // what this attempt begins with
  std::string netdev;            // of the data port; empty while not known
  Cancel cancel;                 // ends everything that waits in this attempt
  std::optional<Error> failure;  // why it was ended, when not from outside
  // What kind of trouble a failure is at this point.
  TroubleKind kind = TroubleKind::Silent;
  std::optional<Verdict> verdict;  // on a failure that was judged already
  bool apn_missed = false;         // the network wants to be told an APN, or another one
  const LinkLevel& level;          // that is wanted; may change at any time
  Notification& changed;           // something in state, or wanted of the bearers, is new

  // The first reason counts.
  void fail(Error why, TroubleKind of_kind) {
    if (!failure) {
      failure = std::move(why);
      kind = of_kind;
    }
    cancel.cancel();
  }
  [[nodiscard]] Error error(FailureClass failure_class, const std::string& what,
                            std::string message) const {
    return Error{failure_class, adapter.where(what), std::move(message)};
  }
};

}  // namespace mwan::modem
