// SPDX-License-Identifier: LGPL-2.1-or-later
// Subscriber ready status, PIN and home provider (MBIM 1.0 sections 10.5.2, 10.5.4, 10.5.6).
#pragma once

#include <cstdint>
#include <optional>

#include "modems/identity.hpp"
#include "modems/mbim/messages.hpp"
#include "modems/sim.hpp"

namespace mwan::mbim {

struct Subscriber {
  Sim sim;
  // A code is wanted; only the PIN command says which, until then sim says PinRequired.
  bool locked = false;

  bool operator==(const Subscriber&) const = default;
};
Result<Subscriber> decode_subscriber(ByteView buffer, Mbimex version);

struct PinInfo {
  std::uint32_t type = 0;  // MbimPinType
  bool locked = false;
  std::optional<std::uint8_t> tries;

  bool operator==(const PinInfo&) const = default;
};
Result<PinInfo> decode_pin(ByteView buffer);
// What a locked SIM waits for.
void complete(Sim& sim, const PinInfo& pin);

Result<HomeNetwork> decode_home_provider(ByteView buffer);

}  // namespace mwan::mbim
