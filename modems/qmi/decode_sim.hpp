// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM out of UIM Card Status.
#pragma once

#include <cstdint>

#include "modems/qmi/tlv.hpp"

namespace mwan::qmi {

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
};

struct Sim {
  SimState state = SimState::Absent;
  std::uint8_t pin_tries = 0;  // of the PIN that would be verified
  std::uint8_t puk_tries = 0;

  bool operator==(const Sim&) const = default;
};

// The card of the primary 3GPP application; without one named, the first card with a SIM or USIM.
// The response and the indication carry the same.
Result<Sim> decode_card_status(TlvView message);
// Retries left after Verify PIN, where the modem says so.
std::optional<std::uint8_t> decode_pin_tries(TlvView message);

}  // namespace mwan::qmi
