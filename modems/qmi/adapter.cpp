// SPDX-License-Identifier: LGPL-2.1-or-later
// The connection, and the device as such.
#include "modems/qmi/adapter.hpp"

#include <utility>

#include <fmt/format.h>

#include "modems/control_port.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_sim.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan {

using namespace std::chrono_literals;
using namespace qmi;  // NOLINT(google-build-using-namespace): this is its face

namespace {

// A change of mode is announced; not every firmware does.
constexpr Duration kModePace = 1s;

}  // namespace

QmiAdapter::QmiAdapter(Loop& loop, ModemConfig config)
    : loop_(loop),
      config_(std::move(config)),
      hearing_(view_, [this](const std::string& step) { return where(step); }) {}

void QmiAdapter::on_report(std::function<void(const ModemReport&)> handler) {
  on_report_ = std::move(handler);
}
void QmiAdapter::on_gone(std::function<void()> handler) { on_gone_ = std::move(handler); }

std::string QmiAdapter::where(const std::string& step) const {
  return fmt::format("{}: qmi {}", config_.link, step);
}
Error QmiAdapter::error(FailureClass failure, const std::string& step, std::string message) const {
  return Error{failure, where(step), std::move(message)};
}
unsigned QmiAdapter::unanswered() const { return session_ ? session_->unanswered() : 0; }

Task<Result<Reply>> QmiAdapter::ask(Slot slot, Request request, Cancel cancel) {
  const std::string step = where(request.what);
  Result<Reply> reply = co_await session_->request(slot, std::move(request),
                                                   config_.timings.request, std::move(cancel));
  if (reply && reply->error == protocol::kInvalidClientId) {
    co_return failed(FailureClass::Gone, step,
                     "the modem does not know us any more: it restarted without leaving the bus");
  }
  co_return reply;
}

Task<Result<Reply>> QmiAdapter::need(Slot slot, Request request, Cancel cancel) {
  const std::string step = where(request.what);
  if (!session_->has(slot)) {
    co_return failed(FailureClass::Permanent, step, "the modem does not have this service");
  }
  Result<Reply> reply = co_await ask(slot, std::move(request), std::move(cancel));
  co_return accepted(std::move(reply), step);
}

Task<Status> QmiAdapter::try_to(Slot slot, Request request, Cancel cancel) {
  const Result<Reply> reply = co_await ask(slot, std::move(request), std::move(cancel));
  if (!reply) co_return failed(reply.error());
  co_return Status{};
}

void QmiAdapter::begin() {
  view_ = NetworkView();
  card_.reset();
  old_signal_ = false;
  session_ = std::make_unique<Session>(loop_, config_);
  session_->on_gone([this] {
    const auto tell = on_gone_;
    if (tell) tell();
  });
  session_->on_indication([this](const Indication& indication) {
    const auto tell = on_report_;
    if (indication.service == Service::Dms) mode_changed_.notify();
    hearing_.hear(indication, [&tell](const ModemReport& report) {
      if (tell) tell(report);
    });
  });
}

Task<Status> QmiAdapter::open(Cancel cancel) {
  begin();
  const Status opened = co_await session_->open(cancel);
  if (!opened) co_return opened;
  while (!leftovers_.empty()) {
    const ClientId id = leftovers_.back();
    const Status released = co_await session_->reclaim(id, cancel);
    if (!released) co_return released;
    leftovers_.pop_back();
  }
  co_return co_await allocate(cancel);
}

Task<Status> QmiAdapter::allocate(Cancel cancel) {
  struct Wanted {
    Slot slot;
    bool needed;
  };
  std::vector<Wanted> wanted = {{Slot::Dms, true},
                                {Slot::Nas, true},
                                {Slot::Uim, false},
                                {Slot::Wda, false},
                                {Slot::Dsd, false}};
  for (const IpFamily family : wanted_families(config_.ip_type)) {
    wanted.push_back({wds_slot(family), true});
  }
  for (const Wanted& one : wanted) {
    const Status have = co_await session_->allocate(one.slot, cancel);
    const bool missing = !have && have.error().failure == FailureClass::Permanent;
    if (!have && (one.needed || !missing)) co_return have;
  }
  co_return Status{};
}

Task<void> QmiAdapter::close(Duration budget) {
  if (!session_) co_return;
  session_->on_indication(nullptr);  // what comes while we leave is about what we undo
  co_await session_->close(budget);
  const std::vector<ClientId> left = session_->leftovers();
  leftovers_.insert(leftovers_.end(), left.begin(), left.end());
  // With the proxy gone the modem still holds them; with the modem gone they went with it. A
  // simulated one cannot be seen, but it refuses to release what it did not give.
  const bool modem_gone =
      session_->gone() && !config_.no_file_check && !port_protocol(config_.device);
  if (modem_gone) leftovers_.clear();
  session_.reset();
}

Task<Result<ModemIdentity>> QmiAdapter::read_identity(Cancel cancel) {
  ModemIdentity out{.protocol = "QMI",
                    .manufacturer = {},
                    .model = {},
                    .firmware = {},
                    .hardware = {},
                    .imei = {}};
  struct Text {
    Request request;
    std::string ModemIdentity::*into;
  };
  const std::vector<Text> texts = {{get_manufacturer(), &ModemIdentity::manufacturer},
                                   {get_model(), &ModemIdentity::model},
                                   {get_revision(), &ModemIdentity::firmware},
                                   {get_hardware_revision(), &ModemIdentity::hardware}};
  for (const Text& text : texts) {
    const Result<Reply> reply = co_await ask(Slot::Dms, text.request, cancel);
    if (!reply) co_return failed(reply.error());
    if (reply->error != 0) continue;
    out.*text.into = decode_dms_text(reply->view(), text.request.what.c_str()).value_or("");
  }
  const Request ids = get_ids();
  const Result<Reply> reply = co_await ask(Slot::Dms, ids, cancel);
  if (!reply) co_return failed(reply.error());
  if (const auto imei = reply->view().find(0x11)) out.imei = clean_text(*imei);
  co_return out;
}

Task<Result<RadioPower>> QmiAdapter::read_radio(Cancel cancel) {
  const Request get = get_operating_mode();
  const Result<Reply> reply = co_await need(Slot::Dms, get, cancel);
  if (!reply) co_return failed(reply.error());
  const Result<OperatingMode> mode = decode_operating_mode(reply->view());
  if (!mode) co_return failed(mode.error());
  if (mode->online()) co_return RadioPower::On;
  co_return mode->hardware_restricted ? RadioPower::HardwareOff : RadioPower::Off;
}

Task<Status> QmiAdapter::set_radio(bool on, Cancel cancel) {
  const Request report = report_operating_mode(true);
  const Status reported = co_await try_to(Slot::Dms, report, cancel);
  if (!reported) co_return reported;
  const Request set = set_operating_mode(on ? Mode::Online : Mode::LowPower);
  Result<Reply> done = co_await ask(Slot::Dms, set, cancel);
  // The answer of a modem that waits for its vendor's word.
  if (on && done && done->error == protocol::kInvalidTransition) {
    const Status unlocked = co_await unlock_vendor(cancel);
    if (!unlocked) co_return unlocked;
    done = co_await ask(Slot::Dms, set, cancel);
  }
  const bool already = done && done->error == protocol::kNoEffect;
  if (!already) done = accepted(std::move(done), where(set.what));
  if (!done) co_return failed(done.error());
  co_return co_await await_mode(on, set.what, cancel);
}

Task<Status> QmiAdapter::unlock_vendor(Cancel cancel) {
  if (config_.quirks.fcc_unlock == FccUnlock::None) {
    co_return failed(error(FailureClass::Permanent, "set-operating-mode online",
                           "the modem refuses to switch its radio on: it is locked by its vendor "
                           "(FCC lock); name the way to unlock it in QUIRKS"));
  }
  const Request unlock = config_.quirks.fcc_unlock == FccUnlock::DmsFoxconn
                             ? set_fcc_authentication_foxconn()
                             : set_fcc_authentication();
  const Result<Reply> reply = co_await need(Slot::Dms, unlock, cancel);
  if (!reply) co_return failed(reply.error());
  co_return Status{};
}

Task<Status> QmiAdapter::await_mode(bool online, const std::string& step, Cancel cancel) {
  const Instant until = Loop::now() + config_.timings.online;
  while (true) {
    const Result<RadioPower> power = co_await read_radio(cancel);
    if (!power) co_return failed(power.error());
    if ((*power == RadioPower::On) == online) co_return Status{};
    if (*power == RadioPower::HardwareOff) {
      co_return failed(error(FailureClass::Transient, step,
                             "the radio is switched off by hardware (W_DISABLE pin or airplane "
                             "switch)"));
    }
    if (Loop::now() >= until) {
      co_return failed(error(FailureClass::Transient, step, "the modem does not change its mode"));
    }
    const Woken woken = co_await mode_changed_.wait(loop_, cancel, kModePace);
    if (woken == Woken::Cancelled) {
      co_return failed(error(FailureClass::Cancelled, step, "cancelled"));
    }
  }
}

// Only a modem that is offline takes a reset.
Task<Status> QmiAdapter::reset(Cancel cancel) {
  const Request offline = set_operating_mode(Mode::Offline);
  const Status first = co_await try_to(Slot::Dms, offline, cancel);
  if (!first) co_return first;
  const Request reset = set_operating_mode(Mode::Reset);
  const Result<Reply> reply = co_await need(Slot::Dms, reset, cancel);
  if (!reply && reply.error().failure != FailureClass::Gone) co_return failed(reply.error());
  co_return Status{};
}

}  // namespace mwan
