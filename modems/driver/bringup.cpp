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
// Fewer tries are left to the person who knows the PIN.
constexpr unsigned kPinTriesKept = 3;

}  // namespace

Task<Status> Bringup::run() {
  using Step = Task<Status> (Bringup::*)();
  constexpr std::array<Step, 5> kSteps = {&Bringup::switch_on, &Bringup::listen,
                                          &Bringup::unlock_sim, &Bringup::prepare_data,
                                          &Bringup::registration};
  for (const Step step : kSteps) {
    Task<Status> task = (this->*step)();
    const Status done = co_await task;
    if (!done) co_return done;
  }
  watch_.guard();
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
  const auto no = [&](std::string message) {
    return failed(attempt_.error(FailureClass::Permanent, "verify-pin", std::move(message)));
  };
  const Secret pin = attempt_.config.pin;
  if (pin.empty()) co_return no("the SIM asks for its PIN and the settings have none");
  if (memory_.pin_sent_at && memory_.pin_sent_at != sim.pin_tries) memory_.pin_refused = true;
  if (memory_.pin_refused) {
    co_return no("the PIN of the settings was refused and is not tried again");
  }
  if (!sim.pin_tries || *sim.pin_tries < kPinTriesKept) {
    co_return no(sim.pin_tries
                     ? fmt::format("only {} tries are left, the PIN is not sent: enter it by hand "
                                   "once",
                                   *sim.pin_tries)
                     : "the modem does not say how many tries are left, the PIN is not sent: "
                       "enter it by hand once");
  }
  if (pin.reveal().size() < 4 || pin.reveal().size() > 8) {
    co_return no("a PIN has 4 to 8 digits; the one of the settings was not sent");
  }
  memory_.pin_sent_at = sim.pin_tries;
  const auto verdict = co_await attempt_.adapter.verify_pin(pin, attempt_.cancel);
  if (!verdict) co_return failed(verdict.error());
  memory_.pin_sent_at.reset();
  if (!verdict->accepted) {
    memory_.pin_refused = true;
    const auto left = verdict->tries_left;
    co_return no(fmt::format("the PIN of the settings is wrong{}",
                             left ? fmt::format(", {} tries are left", *left) : std::string()));
  }
  co_return Status{};
}

Task<Status> Bringup::prepare_data() { return attempt_.adapter.prepare_data(attempt_.cancel); }

Task<Status> Bringup::registration() {
  const Status known = co_await watch_.read_registration();
  if (!known) co_return known;
  const Status radio = co_await watch_.read_signal();
  if (!radio) co_return radio;
  const RegistrationState state = attempt_.state.registration().state;
  if (state != RegistrationState::NotRegistered && state != RegistrationState::Unknown) {
    co_return Status{};
  }
  co_return co_await attempt_.adapter.register_automatically(attempt_.cancel);
}

}  // namespace mwan::modem
