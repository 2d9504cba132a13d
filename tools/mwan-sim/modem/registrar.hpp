// SPDX-License-Identifier: LGPL-2.1-or-later
// Network registration and packet attach: what the network offers, what the modem is able and asked
// to do, and the state that follows, with the time a registration takes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "hal/registration.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

class Registrar {
 public:
  // What the network would answer to a registration. Searching means there is none to be heard.
  struct Coverage {
    RegistrationState answer = RegistrationState::Home;  // Searching, Home, Roaming or Denied
    std::optional<std::uint16_t> reject_cause;           // with Denied
    bool operator==(const Coverage&) const = default;
  };
  struct Events {
    std::function<void()> changed;                      // state() or attached() is another now
    std::function<void(std::uint16_t cause)> rejected;  // each attempt that was denied
  };

  Registrar(Timers& timers, Duration delay, Events events)
      : timers_(timers), delay_(delay), events_(std::move(events)) {}

  [[nodiscard]] RegistrationState state() const { return state_; }
  [[nodiscard]] bool registered() const {
    return state_ == RegistrationState::Home || state_ == RegistrationState::Roaming;
  }
  // Served with packet data.
  [[nodiscard]] bool attached() const { return attached_; }
  [[nodiscard]] std::optional<std::uint16_t> reject_cause() const;
  // A cell is heard: registered or refused, but not searching in vain.
  [[nodiscard]] bool camped() const;
  [[nodiscard]] bool host_attach() const { return host_attach_; }

  void set_able(bool radio_on, bool sim_ready, bool rat_allowed);
  void set_coverage(Coverage coverage);
  void set_network_attach(bool offered);
  void set_host_attach(bool wanted);
  void search_again();  // drops the registration and takes a new one

 private:
  void update();
  void settle(RegistrationState state);
  [[nodiscard]] RegistrationState target() const;

  Timers& timers_;
  Duration delay_;
  Events events_;
  Coverage coverage_;
  bool radio_on_ = false;
  bool sim_ready_ = false;
  bool rat_allowed_ = true;
  bool network_attach_ = true;
  bool host_attach_ = true;
  RegistrationState state_ = RegistrationState::NotRegistered;
  bool attached_ = false;
  Timer attempt_;
};

}  // namespace mwan::sim
