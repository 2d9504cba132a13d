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

Sim in_state(SimState state) {
  Sim out;
  out.state = state;
  return out;
}

// Two digits a byte, the low nibble first; 0xf fills up.
std::string swapped_digits(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    for (const unsigned nibble : {byte & 0xfU, unsigned{byte} >> 4U}) {
      if (nibble > 9) return out;
      out.push_back(static_cast<char>('0' + nibble));
    }
  }
  return out;
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
      chosen = Sim{.state = state_of(state, personalization, pin),
                   .pin_tries = pin.tries,
                   .puk_tries = pin.puk_tries,
                   .iccid = {},
                   .imsi = {}};
    }
    present = present || card_state == 1;
    faulty = faulty || card_state == 2;
  }
  if (!r.ok()) return malformed("card-status", 0x10, *value);
  if (chosen) return *chosen;
  if (present) return in_state(SimState::Starting);
  return in_state(faulty ? SimState::Faulty : SimState::Absent);
}

std::optional<std::uint8_t> decode_pin_tries(TlvView message) {
  const auto value = message.find(0x10);
  if (!value || value->empty()) return std::nullopt;
  return value->front();
}

Result<std::vector<SimSlot>> decode_slot_status(TlvView message) {
  const auto value = message.find(0x10);
  if (!value) return missing("slot-status", 0x10);
  Reader r(*value);
  const std::uint8_t count = r.u8();
  std::vector<SimSlot> out;
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    SimSlot slot{.number = i + 1, .active = false, .card = false, .iccid = {}};
    slot.card = r.u32() == 2;    // QmiUimPhysicalCardState: present
    slot.active = r.u32() == 1;  // QmiUimSlotState: active
    r.skip(1);                   // its logical slot
    slot.iccid = swapped_digits(r.bytes(r.u8()));
    if (r.ok()) out.push_back(std::move(slot));
  }
  if (!r.ok()) return malformed("slot-status", 0x10, *value);
  return out;
}

Result<Bytes> decode_file(TlvView message) {
  const auto value = message.find(0x11);
  if (!value) return missing("read-transparent", 0x11);
  Reader r(*value);
  const ByteView content = r.bytes(r.u16());
  if (!r.ok()) return malformed("read-transparent", 0x11, *value);
  return Bytes(content.begin(), content.end());
}

std::string iccid_digits(ByteView file) { return swapped_digits(file); }

std::string imsi_digits(ByteView file) {
  if (file.empty() || file.front() == 0 || file.front() >= file.size()) return {};
  const ByteView body = file.subspan(1, file.front());
  // The first nibble says whether the number of digits is odd, the others are digits.
  const std::string digits = swapped_digits(body);
  return digits.empty() ? digits : digits.substr(1);
}

Result<Sim> decode_dms_sim_state(TlvView message) {
  const auto value = message.find(0x01);
  if (!value) return missing("uim-get-state", 0x01);
  Reader r(*value);
  switch (r.u8()) {  // QmiDmsUimState
    case 0:
      return in_state(SimState::Ready);
    case 1:
      return in_state(SimState::PinRequired);
    case 2:
      return in_state(SimState::Absent);
    default:
      break;
  }
  if (!r.ok()) return malformed("uim-get-state", 0x01, *value);
  return in_state(SimState::Starting);
}

Result<Sim> decode_dms_pin_status(TlvView message) {
  const auto value = message.find(0x11);
  if (!value) return missing("uim-get-pin-status", 0x11);
  Reader r(*value);
  Sim out;
  const std::uint8_t status = r.u8();  // QmiDmsUimPinStatus
  out.pin_tries = r.u8();
  out.puk_tries = r.u8();
  if (!r.ok()) return malformed("uim-get-pin-status", 0x11, *value);
  switch (status) {
    case 0:
      out.state = SimState::Starting;
      break;
    case 1:
      out.state = SimState::PinRequired;
      break;
    case 4:
      out.state = SimState::PukRequired;
      break;
    case 5:
      out.state = SimState::Blocked;
      break;
    default:  // verified, disabled, unblocked, changed
      out.state = SimState::Ready;
      break;
  }
  return out;
}

Result<std::string> decode_dms_text(TlvView message, const char* name) {
  const auto value = message.find(0x01);
  if (!value) return missing(name, 0x01);
  return clean_text(*value);
}

}  // namespace mwan::qmi
