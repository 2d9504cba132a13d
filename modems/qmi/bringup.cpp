// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/bringup.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "modems/qmi/causes.hpp"
#include "modems/qmi/sysfs.hpp"

namespace mwan::qmi {
namespace {

using namespace std::chrono_literals;

// A SIM that is starting is asked again at this pace, and given this long.
constexpr Duration kSimPace = 500ms;
constexpr Duration kSimPatience = 20s;
// A change of mode is announced; not every firmware does.
constexpr Duration kModePace = 1s;
// Fewer tries are left to the person who knows the PIN.
constexpr unsigned kPinTriesKept = 3;

}  // namespace

std::vector<IpFamily> wanted_families(IpType type) {
  switch (type) {
    case IpType::V4:
      return {IpFamily::V4};
    case IpType::V6:
      return {IpFamily::V6};
    case IpType::V4V6:
      break;
  }
  return {IpFamily::V4, IpFamily::V6};
}

Task<Status> Bringup::run() {
  using Step = Task<Status> (Bringup::*)();
  constexpr std::array<Step, 8> kSteps = {&Bringup::reclaim,         &Bringup::client_ids,
                                          &Bringup::go_online,       &Bringup::unlock_sim,
                                          &Bringup::data_format,     &Bringup::listen,
                                          &Bringup::autoconnect_off, &Bringup::registration};
  for (const Step step : kSteps) {
    Task<Status> task = (this->*step)();
    const Status done = co_await task;
    if (!done) co_return done;
  }
  co_return Status{};
}

Task<Result<Reply>> Bringup::ask(Slot slot, Request request) {
  return attempt_.session.request(slot, std::move(request), attempt_.config.timings.request,
                                  attempt_.cancel);
}

Task<Status> Bringup::try_to(Slot slot, Request request) {
  const Result<Reply> reply = co_await ask(slot, std::move(request));
  if (!reply) co_return failed(reply.error());
  co_return Status{};
}

Task<Status> Bringup::reclaim() {
  while (!memory_.leftovers.empty()) {
    const ClientId id = memory_.leftovers.back();
    const Status released = co_await attempt_.session.reclaim(id, attempt_.cancel);
    if (!released) co_return released;
    memory_.leftovers.pop_back();
  }
  co_return Status{};
}

Task<Status> Bringup::client_ids() {
  struct Wanted {
    Slot slot;
    bool needed;
  };
  std::vector<Wanted> wanted = {{Slot::Dms, true},
                                {Slot::Nas, true},
                                {Slot::Uim, false},
                                {Slot::Wda, false},
                                {Slot::Dsd, false}};
  for (const IpFamily family : wanted_families(attempt_.config.ip_type)) {
    wanted.push_back({wds_slot(family), true});
  }
  for (const Wanted& one : wanted) {
    const Status have = co_await attempt_.session.allocate(one.slot, attempt_.cancel);
    const bool missing = !have && have.error().failure == FailureClass::Permanent;
    if (!have && (one.needed || !missing)) co_return have;
  }
  co_return Status{};
}

Task<Status> Bringup::go_online() {
  const Request get = get_operating_mode();
  const Request set = set_online();
  const Request report = report_operating_mode(true);
  const Instant until = Loop::now() + attempt_.config.timings.online;

  const Status reported = co_await try_to(Slot::Dms, report);
  if (!reported) co_return reported;
  bool asked = false;
  while (true) {
    Result<Reply> reply = co_await ask(Slot::Dms, get);
    reply = accepted(std::move(reply), attempt_.session.where(get.what));
    if (!reply) co_return failed(reply.error());
    const Result<OperatingMode> mode = decode_operating_mode(reply->view());
    if (!mode) co_return failed(mode.error());
    if (mode->online()) co_return Status{};
    if (mode->hardware_restricted) {
      co_return failed(attempt_.error(FailureClass::Transient, get.what,
                                      "the radio is switched off by hardware (W_DISABLE pin or "
                                      "airplane switch)"));
    }
    if (!std::exchange(asked, true)) {
      Result<Reply> done = co_await ask(Slot::Dms, set);
      const bool already = done && done->error == protocol::kNoEffect;
      if (!already) done = accepted(std::move(done), attempt_.session.where(set.what));
      if (!done) co_return failed(done.error());
      continue;  // most are there at once
    }
    if (Loop::now() >= until) {
      co_return failed(attempt_.error(
          FailureClass::Transient, set.what,
          fmt::format("the modem stays in mode {} (QmiDmsOperatingMode)", mode->mode)));
    }
    const Woken woken = co_await attempt_.changed.wait(attempt_.loop, attempt_.cancel, kModePace);
    if (woken == Woken::Cancelled) {
      co_return failed(attempt_.error(FailureClass::Cancelled, set.what, "cancelled"));
    }
  }
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
  }
  return {};
}

Task<Status> Bringup::unlock_sim() {
  if (!attempt_.session.has(Slot::Uim)) co_return Status{};
  const Request events = register_sim_events(true);
  const Status listening = co_await try_to(Slot::Uim, events);
  if (!listening) co_return listening;
  const Request undo = register_sim_events(false);
  attempt_.session.on_close(Slot::Uim, undo);

  const Request get = get_card_status();
  const Instant until = Loop::now() + std::min(kSimPatience, attempt_.config.timings.online);
  bool verified = false;
  while (true) {
    Result<Reply> reply = co_await ask(Slot::Uim, get);
    reply = accepted(std::move(reply), attempt_.session.where(get.what));
    if (!reply) co_return failed(reply.error());
    const Result<Sim> sim = decode_card_status(reply->view());
    if (!sim) co_return failed(sim.error());
    if (sim->state == SimState::Ready) break;
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
      co_return failed(attempt_.error(FailureClass::Cancelled, get.what, "cancelled"));
    }
  }
  watch_.guard_sim();
  co_return Status{};
}

Task<Status> Bringup::verify_pin_once(Sim sim) {
  const std::string what = "verify-pin";
  const auto no = [&](std::string message) {
    return failed(attempt_.error(FailureClass::Permanent, what, std::move(message)));
  };
  const Secret& pin = attempt_.config.pin;
  if (pin.empty()) co_return no("the SIM asks for its PIN and the settings have none");
  if (memory_.pin_sent_at && *memory_.pin_sent_at != sim.pin_tries) memory_.pin_refused = true;
  if (memory_.pin_refused) {
    co_return no("the PIN of the settings was refused and is not tried again");
  }
  if (sim.pin_tries < kPinTriesKept) {
    co_return no(fmt::format("only {} tries are left, the PIN is not sent: enter it by hand once",
                             sim.pin_tries));
  }
  if (pin.reveal().size() < 4 || pin.reveal().size() > 8) {
    co_return no("a PIN has 4 to 8 digits; the one of the settings was not sent");
  }
  memory_.pin_sent_at = sim.pin_tries;
  const Request verify = verify_pin(pin);
  const Result<Reply> reply = co_await ask(Slot::Uim, verify);
  if (!reply) co_return failed(reply.error());
  memory_.pin_sent_at.reset();
  if (reply->error != 0 && reply->error != protocol::kNoEffect) {
    memory_.pin_refused = true;
    const auto left = decode_pin_tries(reply->view());
    co_return no(fmt::format("{}: the PIN of the settings is wrong{}",
                             protocol_error_name(reply->error),
                             left ? fmt::format(", {} tries are left", *left) : std::string()));
  }
  co_return Status{};
}

Task<Status> Bringup::data_format() {
  layer_ = LinkLayer::Ethernet;  // what modems did before they could be asked
  if (attempt_.session.has(Slot::Wda)) {
    std::optional<Endpoint> endpoint;
    Request get = get_data_format(endpoint);
    Result<Reply> reply = co_await ask(Slot::Wda, get);
    if (reply && reply->error == protocol::kMissingArgument) {
      const std::uint32_t number = usb_interface_number(attempt_.config.device).value_or(4);
      endpoint = Endpoint{.interface_number = number};
      get = get_data_format(endpoint);
      reply = co_await ask(Slot::Wda, get);
    }
    if (!reply) co_return failed(reply.error());
    DataFormat format;
    if (reply->error == 0) {
      const Result<DataFormat> now = decode_data_format(reply->view());
      if (!now) co_return failed(now.error());
      format = *now;
    }
    if (format.layer != LinkLayer::RawIp || format.aggregated) {
      Request set = set_raw_ip(endpoint);
      reply = co_await ask(Slot::Wda, set);
      if (reply && reply->error == protocol::kMissingArgument && !endpoint) {
        const std::uint32_t number = usb_interface_number(attempt_.config.device).value_or(4);
        endpoint = Endpoint{.interface_number = number};
        set = set_raw_ip(endpoint);
        reply = co_await ask(Slot::Wda, set);
      }
      reply = accepted(std::move(reply), attempt_.session.where(set.what));
      if (!reply) co_return failed(reply.error());
      const Result<DataFormat> now = decode_data_format(reply->view());
      if (!now) co_return failed(now.error());
      format = *now;  // a few modems stay with Ethernet frames, and say so here
    }
    layer_ = format.layer;
  }
  co_return attempt_.session.expect_data_format(layer_);
}

Task<Status> Bringup::listen() {
  const Request nas = register_nas_indications(true);
  const Status registered = co_await try_to(Slot::Nas, nas);
  if (!registered) co_return registered;
  const Request nas_off = register_nas_indications(false);
  attempt_.session.on_close(Slot::Nas, nas_off);

  const Status thresholds = co_await signal_thresholds();
  if (!thresholds) co_return thresholds;

  if (attempt_.session.has(Slot::Dsd)) {
    const Request systems = register_system_status(true);
    const Status told = co_await try_to(Slot::Dsd, systems);
    if (!told) co_return told;
    const Request systems_off = register_system_status(false);
    attempt_.session.on_close(Slot::Dsd, systems_off);
  }
  for (const IpFamily family : wanted_families(attempt_.config.ip_type)) {
    const Request bearer = report_bearer_events(true, family);
    const Status events = co_await try_to(wds_slot(family), bearer);
    if (!events) co_return events;
    const Request addresses = report_ip_changes(true, family);
    const Status changes = co_await try_to(wds_slot(family), addresses);
    if (!changes) co_return changes;
  }
  co_return Status{};
}

Task<Status> Bringup::signal_thresholds() {
  const SignalReporting& reporting = attempt_.config.signal;
  const std::array<Request, 3> ways = {config_signal_info_v2(reporting),
                                       config_signal_info(reporting),
                                       set_signal_event_report(reporting)};
  for (const Request& way : ways) {
    const Result<Reply> reply = co_await ask(Slot::Nas, way);
    if (!reply) co_return failed(reply.error());
    if (reply->error == 0) co_return Status{};
  }
  watch_.poll_signal();
  co_return Status{};
}

// A bearer that the modem starts by itself collides with ours. It stays off when we leave: on, it
// would bring back the bearer that was just stopped.
Task<Status> Bringup::autoconnect_off() {
  const Slot slot = wds_slot(wanted_families(attempt_.config.ip_type).front());
  const Request get = get_autoconnect();
  const Result<Reply> reply = co_await ask(slot, get);
  if (!reply) co_return failed(reply.error());
  const Result<bool> on =
      reply->error == 0 ? decode_autoconnect(reply->view()) : Result<bool>(false);
  if (!on || !*on) co_return Status{};
  const Request off = disable_autoconnect();
  co_return co_await try_to(slot, off);
}

Task<Status> Bringup::registration() {
  const Status known = co_await watch_.read_registration();
  if (!known) co_return known;
  const Status radio = co_await watch_.read_signal();
  if (!radio) co_return radio;
  const RegistrationState state = attempt_.state.registration().state;
  if (state != RegistrationState::NotRegistered && state != RegistrationState::Unknown) {
    co_return Status{};
  }
  const Request select = select_network_automatically();
  const Result<Reply> reply = co_await ask(Slot::Nas, select);
  if (!reply) co_return failed(reply.error());
  if (reply->error == 0 || reply->error == protocol::kNoEffect) co_return Status{};
  const Request initiate = register_automatically();
  co_return co_await try_to(Slot::Nas, initiate);
}

}  // namespace mwan::qmi
