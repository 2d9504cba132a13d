// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_sim.hpp"

namespace mwan::qmi {
namespace {

struct PinFields {
  std::uint8_t state = 0;  // QmiUimPinState
  std::uint8_t tries = 0;
  std::uint8_t puk_tries = 0;
};

PinFields read_pin(Reader& r) {
  PinFields out;
  out.state = r.u8();
  out.tries = r.u8();
  out.puk_tries = r.u8();
  return out;
}

// QmiUimCardApplicationState
SimState state_of(std::uint8_t application, std::uint8_t personalization, const PinFields& pin) {
  constexpr std::uint8_t kPermanentlyBlocked = 5;
  switch (application) {
    case 2:
      return SimState::PinRequired;
    case 3:
      return pin.state == kPermanentlyBlocked ? SimState::Blocked : SimState::PukRequired;
    case 4:
      // QmiUimCardApplicationPersonalizationState: 3 and up want a code, or are past one
      return personalization >= 3 ? SimState::NetworkLocked : SimState::Starting;
    case 5:
      return pin.state == kPermanentlyBlocked ? SimState::Blocked : SimState::PukRequired;
    case 6:
      return SimState::Illegal;
    case 7:
      return SimState::Ready;
    default:
      return SimState::Starting;
  }
}

bool is_3gpp(std::uint8_t type) { return type == 1 || type == 2; }  // SIM, USIM

}  // namespace

Result<Sim> decode_card_status(TlvView message) {
  const auto value = message.find(0x10);
  if (!value) return missing("card-status", 0x10);
  Reader r(*value);
  const std::uint16_t primary = r.u16();  // slot in the high byte, application in the low one
  r.skip(6);
  const std::uint8_t cards = r.u8();

  std::optional<Sim> chosen;
  bool faulty = false;
  bool present = false;
  for (unsigned slot = 0; slot < cards && r.ok(); ++slot) {
    const std::uint8_t card_state = r.u8();  // QmiUimCardState: absent, present, error
    const PinFields upin = read_pin(r);
    r.skip(1);  // error code
    const std::uint8_t applications = r.u8();
    for (unsigned index = 0; index < applications && r.ok(); ++index) {
      const std::uint8_t type = r.u8();
      const std::uint8_t state = r.u8();
      const std::uint8_t personalization = r.u8();
      r.skip(3);       // its feature and retries
      r.skip(r.u8());  // application identifier
      const bool upin_instead = r.u8() == 1;
      const PinFields pin1 = read_pin(r);
      r.skip(3);  // PIN2
      if (!r.ok()) break;
      const bool named = primary == ((slot << 8U) | index);
      if (card_state != 1 || !(named || (is_3gpp(type) && !chosen))) continue;
      const PinFields& pin = upin_instead ? upin : pin1;
      chosen = Sim{state_of(state, personalization, pin), pin.tries, pin.puk_tries};
    }
    present = present || card_state == 1;
    faulty = faulty || card_state == 2;
  }
  if (!r.ok()) return malformed("card-status", 0x10, *value);
  if (chosen) return *chosen;
  if (present) return Sim{.state = SimState::Starting};
  return Sim{.state = faulty ? SimState::Faulty : SimState::Absent};
}

std::optional<std::uint8_t> decode_pin_tries(TlvView message) {
  const auto value = message.find(0x10);
  if (!value || value->empty()) return std::nullopt;
  return value->front();
}

}  // namespace mwan::qmi
