// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM as a modem reports it, whatever protocol it speaks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mwan {

enum class SimState {
  Starting,  // detected, not yet ready to be used
  Ready,
  Absent,
  Faulty,  // the card does not answer as one
  PinRequired,
  PukRequired,
  Blocked,        // permanently
  Illegal,        // refused by the network as a subscriber
  NetworkLocked,  // personalised for another network
  NoProfile,      // an eSIM without an enabled profile
};

struct SimSlot {
  unsigned number = 0;  // physical slots count from 1
  bool active = false;
  bool card = false;  // a card is in it
  std::string iccid;  // digits; empty when not known

  bool operator==(const SimSlot&) const = default;
};

struct Sim {
  SimState state = SimState::Absent;
  std::optional<std::uint8_t> pin_tries;  // of the PIN that would be verified; absent: not said
  std::optional<std::uint8_t> puk_tries;
  std::string iccid;  // digits; empty when not known. An identity: masked outside the own terminal
  std::string imsi;   // the same

  bool operator==(const Sim&) const = default;
};

}  // namespace mwan
