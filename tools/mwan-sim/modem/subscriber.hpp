// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM: whether it is there, its PIN and PUK with their tries.
#pragma once

#include <cstdint>
#include <string>

namespace mwan::sim {

enum class PinOutcome { Done, Wrong, Blocked, NoEffect, NoCard, Malformed };

class Subscriber {
 public:
  Subscriber(bool present, std::string pin, std::string puk)
      : present_(present), pin_(std::move(pin)), puk_(std::move(puk)) {}

  enum class PinState { Disabled, NotVerified, Verified, Blocked, PermanentlyBlocked };

  [[nodiscard]] bool present() const { return present_ && !hidden_; }
  [[nodiscard]] bool initialised() const { return present() && initialised_; }
  // Usable for registration.
  [[nodiscard]] bool ready() const {
    return initialised() &&
           (pin_state() == PinState::Disabled || pin_state() == PinState::Verified);
  }
  [[nodiscard]] PinState pin_state() const;
  [[nodiscard]] std::uint8_t pin_tries() const { return pin_tries_; }
  [[nodiscard]] std::uint8_t puk_tries() const { return puk_tries_; }

  void set_present(bool present);  // inserting or removing starts over
  void initialise() { initialised_ = true; }
  void power_cycle();  // verification is lost, tries are kept

  // Reported as absent though it is there; its state is kept.
  void set_hidden(bool hidden) { hidden_ = hidden; }
  // Locked, with so many tries for the PIN; one that had none gets 1234.
  void lock(std::uint8_t pin_tries);

  PinOutcome verify(const std::string& pin);
  PinOutcome unblock(const std::string& puk, const std::string& new_pin);

 private:
  bool present_;
  bool hidden_ = false;
  bool initialised_ = false;
  bool verified_ = false;
  std::string pin_;  // empty: disabled
  std::string puk_;
  std::uint8_t pin_tries_ = 3;
  std::uint8_t puk_tries_ = 10;
};

}  // namespace mwan::sim
