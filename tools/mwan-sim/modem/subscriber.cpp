// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/subscriber.hpp"

#include <algorithm>

namespace mwan::sim {
namespace {

constexpr std::uint8_t kPinTries = 3;

bool is_pin(const std::string& text) {
  return text.size() >= 4 && text.size() <= 8 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Subscriber::PinState Subscriber::pin_state() const {
  if (puk_tries_ == 0) return PinState::PermanentlyBlocked;
  if (pin_tries_ == 0) return PinState::Blocked;
  if (pin_.empty()) return PinState::Disabled;
  return verified_ ? PinState::Verified : PinState::NotVerified;
}

void Subscriber::set_present(bool present) {
  present_ = present;
  initialised_ = false;
  verified_ = false;
}

void Subscriber::power_cycle() {
  initialised_ = false;
  verified_ = false;
}

void Subscriber::lock(std::uint8_t pin_tries) {
  if (pin_.empty()) pin_ = "1234";
  verified_ = false;
  pin_tries_ = pin_tries;
}

PinOutcome Subscriber::verify(const std::string& pin) {
  if (!present_) return PinOutcome::NoCard;
  if (!is_pin(pin)) return PinOutcome::Malformed;
  switch (pin_state()) {
    case PinState::Disabled:
    case PinState::Verified:
      return PinOutcome::NoEffect;
    case PinState::Blocked:
    case PinState::PermanentlyBlocked:
      return PinOutcome::Blocked;
    case PinState::NotVerified:
      break;
  }
  if (pin != pin_) {
    --pin_tries_;
    return pin_tries_ == 0 ? PinOutcome::Blocked : PinOutcome::Wrong;
  }
  verified_ = true;
  pin_tries_ = kPinTries;
  return PinOutcome::Done;
}

PinOutcome Subscriber::unblock(const std::string& puk, const std::string& new_pin) {
  if (!present_) return PinOutcome::NoCard;
  if (!is_pin(new_pin) || puk.size() != 8) return PinOutcome::Malformed;
  if (pin_state() == PinState::PermanentlyBlocked) return PinOutcome::Blocked;
  if (puk != puk_) {
    --puk_tries_;
    return puk_tries_ == 0 ? PinOutcome::Blocked : PinOutcome::Wrong;
  }
  pin_ = new_pin;
  verified_ = true;
  pin_tries_ = kPinTries;
  puk_tries_ = 10;
  return PinOutcome::Done;
}

}  // namespace mwan::sim
