// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/bringup.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

// A SIM that is starting is asked again at this pace, and given this long.
constexpr Duration kSimPace = 500ms;
constexpr Duration kSimPatience = 20s;
// Between the radio's off and on, for the network to notice.
constexpr Duration kRadioPause = 2s;

}  // namespace

Task<Status> Bringup::run() {
  struct Step {
    Task<Status> (Bringup::*run)();
    TroubleKind kind;  // of its failure
  };
  constexpr std::array<Step, 6> kSteps = {{{&Bringup::remedy, TroubleKind::Setup},
                                           {&Bringup::switch_on, TroubleKind::Setup},
                                           {&Bringup::listen, TroubleKind::Setup},
                                           {&Bringup::unlock_sim, TroubleKind::Sim},
                                           {&Bringup::prepare_data, TroubleKind::Setup},
                                           {&Bringup::registration, TroubleKind::Setup}}};
  for (const Step& step : kSteps) {
    attempt_.kind = step.kind;
    Task<Status> task = (this->*step.run)();
    const Status done = co_await task;
    if (!done) co_return done;
  }
  watch_.guard();
  co_return Status{};
}

Task<Status> Bringup::remedy() {
  if (attempt_.remedy == Rung::ProtocolReset) {
    const Status asked = co_await attempt_.adapter.reset(attempt_.cancel);
    if (!asked) co_return asked;
    co_return failed(
        attempt_.error(FailureClass::Gone, "reset", "the modem resets itself, as it was asked to"));
  }
  if (attempt_.remedy == Rung::RadioCycle) {
    const Status off = co_await attempt_.adapter.set_radio(false, attempt_.cancel);
    if (!off) co_return off;
    co_await pause(attempt_.loop, attempt_.cancel, kRadioPause);
  }
  co_return Status{};
}

Task<Status> Bringup::switch_on() {
  const auto power = co_await attempt_.adapter.read_radio(attempt_.cancel);
  if (!power) co_return failed(power.error());
  if (*power == RadioPower::On) co_return Status{};
  if (*power == RadioPower::HardwareOff) {
    co_return failed(attempt_.error(FailureClass::Transient, "radio",
                                    "the radio is switched off by hardware (W_DISABLE pin or "
                                    "airplane switch)"));
  }
  co_return co_await attempt_.adapter.set_radio(true, attempt_.cancel);
}

Task<Status> Bringup::listen() {
  const SignalReporting reporting = attempt_.config.signal;
  const auto listening = co_await attempt_.adapter.listen(reporting, attempt_.cancel);
  if (!listening) co_return failed(listening.error());
  if (!listening->signal || attempt_.config.quirks.silent_thresholds) watch_.poll_signal();
  co_return Status{};
}

Status Bringup::judge(const Sim& sim) const {
  const auto no = [&](FailureClass failure, const char* message) {
    return failed(attempt_.error(failure, "sim", message));
  };
  switch (sim.state) {
    case SimState::Ready:
      return {};
    case SimState::Starting:
      return no(FailureClass::Transient, "the SIM does not get ready");
    case SimState::Absent:
      return no(FailureClass::Transient, "no SIM: insert one");
    case SimState::Faulty:
      return no(FailureClass::Transient, "the SIM does not answer: clean or replace it");
    case SimState::PinRequired:
      return no(FailureClass::Permanent, "the SIM is locked by its PIN");
    case SimState::PukRequired:
      return no(FailureClass::Permanent, "the PIN is blocked: unblock the SIM with its PUK");
    case SimState::Blocked:
      return no(FailureClass::Permanent, "the SIM is blocked for good: replace it");
    case SimState::Illegal:
      return no(FailureClass::Permanent, "the network refuses this SIM (illegal)");
    case SimState::NetworkLocked:
      return no(FailureClass::Permanent, "the modem is locked to another network");
    case SimState::NoProfile:
      return no(FailureClass::Permanent, "the eSIM has no enabled profile: enable one");
  }
  return {};
}

Task<Status> Bringup::unlock_sim() {
  const Instant until = Loop::now() + std::min(kSimPatience, attempt_.config.timings.online);
  bool verified = false;
  while (true) {
    const auto sim = co_await attempt_.adapter.read_sim(attempt_.cancel);
    // A modem that cannot say has its SIM soldered in, or none: the registration will tell.
    if (!sim && sim.error().failure == FailureClass::Permanent) co_return Status{};
    if (!sim) co_return failed(sim.error());
    identify(*sim);
    if (sim->state == SimState::Ready) co_return Status{};
    if (sim->state == SimState::PinRequired && !verified) {
      const Status unlocked = co_await verify_pin_once(*sim);
      if (!unlocked) co_return unlocked;
      verified = true;
      continue;
    }
    if ((sim->state != SimState::Starting && !verified) || Loop::now() >= until) {
      co_return judge(*sim);
    }
    const Woken woken = co_await attempt_.changed.wait(attempt_.loop, attempt_.cancel, kSimPace);
    if (woken == Woken::Cancelled) {
      co_return failed(attempt_.error(FailureClass::Cancelled, "sim", "cancelled"));
    }
  }
}

Task<Status> Bringup::verify_pin_once(Sim sim) {
  const std::string step = attempt_.adapter.where("verify-pin");
  const Secret pin = attempt_.config.pin;
  const Status may = memory_.pin.may_send(sim, pin, step);
  if (!may) co_return may;
  memory_.pin.sending(sim);
  const auto verdict = co_await attempt_.adapter.verify_pin(pin, attempt_.cancel);
  if (!verdict) co_return failed(verdict.error());
  memory_.pin.answered(verdict->accepted, verdict->tries_left);
  if (verdict->accepted) co_return Status{};
  const auto left = verdict->tries_left;
  co_return failed(FailureClass::Permanent, step,
                   fmt::format("the PIN of the settings is wrong{}",
                               left ? fmt::format(", {} tries are left", *left) : std::string()));
}

// With another card everything that was tried before says nothing.
void Bringup::identify(const Sim& sim) {
  if (memory_.sim.saw(sim) != SimChange::Swapped) return;
  attempt_.recovery.forget();
}

Task<Status> Bringup::prepare_data() { return attempt_.adapter.prepare_data(attempt_.cancel); }

Task<Status> Bringup::registration() {
  const Status known = co_await watch_.read_registration();
  if (!known) co_return known;
  const Status radio = co_await watch_.read_signal();
  if (!radio) co_return radio;
  const RegistrationState state = attempt_.state.registration().state;
  const bool anew = attempt_.remedy == Rung::Reregister;
  if (!anew && state != RegistrationState::NotRegistered && state != RegistrationState::Unknown) {
    co_return Status{};
  }
  attempt_.recovery.attaching();
  if (anew) {
    // A modem that cannot detach, or is not attached, registers all the same.
    const Status off = co_await attempt_.adapter.attach(false, attempt_.cancel);
    if (!off && off.error().failure == FailureClass::Gone) co_return off;
  }
  const Status registering = co_await attempt_.adapter.register_automatically(attempt_.cancel);
  if (!registering || !anew) co_return registering;
  const Status on = co_await attempt_.adapter.attach(true, attempt_.cancel);
  if (!on && on.error().failure == FailureClass::Gone) co_return on;
  co_return Status{};
}

}  // namespace mwan::modem
