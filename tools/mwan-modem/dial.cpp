// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/dial.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool {
namespace {

using namespace std::chrono_literals;

// Reports are waited for, but asked for as well: not every firmware makes them.
constexpr Duration kAskAgain = 2s;

using Tell = std::function<void(const std::string&)>;

struct Dialling {
  ModemAdapter& modem;
  Mailbox& mailbox;
  const DialWish& wish;
  const Tell& tell;
  const Cancel& cancel;
};

Error refusal(const Dialling& on, const std::string& step, const std::string& why) {
  return {FailureClass::Permanent, on.modem.where(step), why};
}

Task<Status> radio(Dialling on) {
  Task<Result<RadioPower>> reading = on.modem.read_radio(on.cancel);
  const Result<RadioPower> power = co_await reading;
  if (!power) co_return failed(power.error());
  if (*power == RadioPower::On) co_return Status{};
  if (*power == RadioPower::HardwareOff) {
    co_return failed(refusal(on, "radio", "the radio is off by a switch or pin"));
  }
  on.tell("switching the radio on");
  Task<Status> switching = on.modem.set_radio(true, on.cancel);
  co_return co_await switching;
}

Task<Status> sim(Dialling on) {
  const Instant end = Loop::now() + on.wish.patience;
  while (true) {
    Task<Result<Sim>> reading = on.modem.read_sim(on.cancel);
    const Result<Sim> sim = co_await reading;
    if (!sim) co_return failed(sim.error());
    if (sim->state == SimState::Ready) co_return Status{};
    if (sim->state != SimState::Starting || Loop::now() >= end) {
      co_return failed(refusal(on, "sim", fmt::format("the SIM: {}", words(sim->state))));
    }
    Task<std::optional<ModemReport>> waiting = on.mailbox.next(500ms, on.cancel);
    (void)co_await waiting;
  }
}

Status verdict(const Dialling& on, const Registration& registration) {
  if (registration.state == RegistrationState::Roaming && !on.wish.roaming_allowed) {
    return failed(refusal(on, "registration",
                          "the modem is roaming, and that is not allowed without --roaming"));
  }
  return {};
}

Task<Status> registration(Dialling on) {
  const Instant end = Loop::now() + on.wish.patience;
  Registration last;
  bool asked = false;
  while (!on.cancel.cancelled()) {
    Task<Result<Registration>> reading = on.modem.read_registration(on.cancel);
    const Result<Registration> now = co_await reading;
    if (!now) co_return failed(now.error());
    if (now->state != last.state) on.tell(sentence(*now));
    last = *now;
    if (last.registered()) co_return verdict(on, last);
    const bool over = Loop::now() >= end;
    if (over || (asked && last.state == RegistrationState::Denied && last.reject_cause)) {
      std::string why = fmt::format("not registered: {}", words(last.state));
      if (last.reject_cause) why += fmt::format(" (EMM cause {})", *last.reject_cause);
      co_return failed(refusal(on, "registration", why));
    }
    if (!asked) {
      Task<Status> asking = on.modem.register_automatically(on.cancel);
      const Status done = co_await asking;
      if (!done && done.error().failure == FailureClass::Gone) co_return done;
      asked = true;
    }
    Task<std::optional<ModemReport>> waiting = on.mailbox.next(kAskAgain, on.cancel);
    (void)co_await waiting;
  }
  co_return failed(FailureClass::Cancelled, on.modem.where("registration"), "interrupted");
}

Task<Status> packet_service(Dialling on) {
  const Instant end = Loop::now() + on.wish.patience;
  bool asked = false;
  while (!on.cancel.cancelled()) {
    Task<Result<PacketService>> reading = on.modem.read_packet_service(on.cancel);
    const Result<PacketService> now = co_await reading;
    // A modem that does not say is tried.
    if (!now && now.error().failure != FailureClass::Permanent) co_return failed(now.error());
    if (!now || now->state != PacketServiceState::Detached) co_return Status{};
    if (Loop::now() >= end) {
      co_return failed(refusal(on, "packet-service", "the network does not attach the modem"));
    }
    if (!asked) {
      on.tell("attaching to packet service");
      Task<Status> attaching = on.modem.attach(true, on.cancel);
      const Status done = co_await attaching;
      if (!done && done.error().failure != FailureClass::Transient) co_return done;
      asked = true;
    }
    Task<std::optional<ModemReport>> waiting = on.mailbox.next(kAskAgain, on.cancel);
    (void)co_await waiting;
  }
  co_return failed(FailureClass::Cancelled, on.modem.where("packet-service"), "interrupted");
}

Task<Status> data_format(Dialling on) { return on.modem.prepare_data(on.cancel); }

}  // namespace

IpConfig Dialled::config() const {
  IpConfig out;
  for (const FamilyOutcome& outcome : outcomes) {
    if (!outcome.config) continue;
    if (outcome.config->v4) out.v4 = outcome.config->v4;
    if (outcome.config->v6) out.v6 = outcome.config->v6;
    if (!outcome.config->mtu) continue;
    out.mtu = std::min(out.mtu.value_or(*outcome.config->mtu), *outcome.config->mtu);
  }
  return out;
}

std::vector<IpFamily> Dialled::families() const {
  std::vector<IpFamily> out;
  for (const FamilyOutcome& outcome : outcomes) {
    if (outcome.config) out.push_back(outcome.family);
  }
  return out;
}

Task<Dialled> dial(ModemAdapter& modem, Mailbox& mailbox, DialWish wish, Tell tell, Cancel cancel) {
  Dialled out;
  struct Stage {
    DialStage stage;
    Task<Status> (*run)(Dialling);
  };
  constexpr std::array kStages = {Stage{DialStage::Radio, radio}, Stage{DialStage::Sim, sim},
                                  Stage{DialStage::Registration, registration},
                                  Stage{DialStage::PacketService, packet_service},
                                  Stage{DialStage::DataFormat, data_format}};
  const Dialling on{modem, mailbox, wish, tell, cancel};
  for (const Stage& stage : kStages) {
    Task<Status> task = stage.run(on);
    const Status done = co_await task;
    if (done) continue;
    out.failure = Dialled::Failure{stage.stage, done.error()};
    co_return out;
  }
  tell("connecting");
  Task<Result<std::vector<FamilyOutcome>>> connecting = modem.connect(wish.families, cancel);
  Result<std::vector<FamilyOutcome>> outcomes = co_await connecting;
  if (!outcomes) {
    out.failure = Dialled::Failure{DialStage::Bearer, outcomes.error()};
    co_return out;
  }
  out.outcomes = std::move(*outcomes);
  if (out.families().empty()) {
    Error why{FailureClass::Transient, modem.where("connect"), "no address family was granted"};
    if (!out.outcomes.empty()) why = out.outcomes.front().config.error();
    for (const FamilyOutcome& outcome : out.outcomes) {
      // What the network thinks of the access point says more than "not this family".
      if (!outcome.config && !outcome.other_family_only) why = outcome.config.error();
    }
    out.failure = Dialled::Failure{DialStage::Bearer, why};
  }
  co_return out;
}

}  // namespace mwan::tool
