// SPDX-License-Identifier: LGPL-2.1-or-later
// The way from an open modem to a data connection, one attempt, for commands that a person watches.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "modems/adapter.hpp"
#include "tools/mwan-modem/mailbox.hpp"

namespace mwan::tool {

enum class DialStage { Radio, Sim, Registration, PacketService, DataFormat, Bearer };

struct DialWish {
  std::vector<IpFamily> families;
  bool roaming_allowed = false;
  Duration patience = std::chrono::seconds(60);  // for the registration, and for packet service
};

// What became of it. Without failure at least one outcome has a config.
struct Dialled {
  std::vector<FamilyOutcome> outcomes;
  struct Failure {
    DialStage stage = DialStage::Radio;
    Error error;
  };
  std::optional<Failure> failure;

  // Of all families that were granted; the smaller of two MTUs.
  [[nodiscard]] IpConfig config() const;
  [[nodiscard]] std::vector<IpFamily> families() const;
};

// tell: one line for every stage that is entered. Nothing is undone on failure, disconnect() of
// the families and close() do that. The PIN is not this function's: a locked SIM is a failure.
Task<Dialled> dial(ModemAdapter& modem, Mailbox& mailbox, DialWish wish,
                   std::function<void(const std::string&)> tell, Cancel cancel);

}  // namespace mwan::tool
