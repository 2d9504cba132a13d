// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/modem/registrar.hpp"

#include <utility>

namespace mwan::sim {

std::optional<std::uint16_t> Registrar::reject_cause() const {
  return state_ == RegistrationState::Denied ? coverage_.reject_cause : std::nullopt;
}

bool Registrar::camped() const {
  return radio_on_ && rat_allowed_ && coverage_.answer != RegistrationState::Searching;
}

void Registrar::set_able(bool radio_on, bool sim_ready, bool rat_allowed) {
  radio_on_ = radio_on;
  sim_ready_ = sim_ready;
  rat_allowed_ = rat_allowed;
  update();
}

void Registrar::set_coverage(Coverage coverage) {
  coverage_ = coverage;
  update();
}

void Registrar::set_network_attach(bool offered) {
  network_attach_ = offered;
  settle(state_);
}

void Registrar::set_host_attach(bool wanted) {
  host_attach_ = wanted;
  settle(state_);
}

void Registrar::search_again() {
  if (!radio_on_ || !sim_ready_) return;
  attempt_.reset();
  settle(RegistrationState::Searching);
  update();
}

RegistrationState Registrar::target() const {
  if (!radio_on_ || !sim_ready_) return RegistrationState::NotRegistered;
  return rat_allowed_ ? coverage_.answer : RegistrationState::Searching;
}

void Registrar::update() {
  const RegistrationState wanted = target();
  const bool attempt_needed = wanted == RegistrationState::Denied ||
                              wanted == RegistrationState::Home ||
                              wanted == RegistrationState::Roaming;
  if (!attempt_needed) {
    attempt_.reset();
    settle(wanted);
    return;
  }
  if (state_ == wanted || attempt_) return;
  // A change of network under a registered modem is a tracking area update, not a new search.
  if (registered() && wanted != RegistrationState::Denied) {
    settle(wanted);
    return;
  }
  settle(RegistrationState::Searching);
  attempt_ = timers_.after(delay_, [this] {
    attempt_.reset();
    const RegistrationState answer = target();
    settle(answer);
    if (answer == RegistrationState::Denied) events_.rejected(coverage_.reject_cause.value_or(0));
  });
}

void Registrar::settle(RegistrationState state) {
  const RegistrationState old_state = std::exchange(state_, state);
  const bool attached = registered() && network_attach_ && host_attach_;
  const bool old_attached = std::exchange(attached_, attached);
  if (old_state != state_ || old_attached != attached_) events_.changed();
}

}  // namespace mwan::sim
