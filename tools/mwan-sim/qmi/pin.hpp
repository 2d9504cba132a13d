// SPDX-License-Identifier: LGPL-2.1-or-later
// PIN states and outcomes in QMI's numbers, which UIM and DMS share.
#pragma once

#include <cstdint>

#include "tools/mwan-sim/codec/tlv.hpp"
#include "tools/mwan-sim/modem/subscriber.hpp"
#include "tools/mwan-sim/qmi/protocol.hpp"

namespace mwan::sim::qmi {

// QmiUimPinState; QmiDmsUimPinStatus numbers these states the same.
inline std::uint8_t pin_state_number(const Subscriber& sim) {
  constexpr std::uint8_t kNotInitialised = 0;
  if (!sim.initialised()) return kNotInitialised;
  switch (sim.pin_state()) {
    case Subscriber::PinState::NotVerified:
      return 1;
    case Subscriber::PinState::Verified:
      return 2;
    case Subscriber::PinState::Disabled:
      return 3;
    case Subscriber::PinState::Blocked:
      return 4;
    case Subscriber::PinState::PermanentlyBlocked:
      return 5;
  }
  return kNotInitialised;
}

inline ProtocolError pin_error(PinOutcome outcome) {
  switch (outcome) {
    case PinOutcome::Done:
      return ProtocolError::None;
    case PinOutcome::Wrong:
      return ProtocolError::IncorrectPin;
    case PinOutcome::Blocked:
      return ProtocolError::PinBlocked;
    case PinOutcome::NoEffect:
      return ProtocolError::NoEffect;
    case PinOutcome::NoCard:
      return ProtocolError::UimUninitialized;
    case PinOutcome::Malformed:
      return ProtocolError::InvalidArgument;
  }
  return ProtocolError::Internal;
}

// TLV 0x10 of the answers of both services: tries left for PIN and PUK.
inline void write_tries(TlvList& tlvs, const Subscriber& sim) {
  tlvs.add(0x10).u8(sim.pin_tries()).u8(sim.puk_tries());
}

}  // namespace mwan::sim::qmi
