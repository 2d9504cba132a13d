// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "hal/gasync.hpp"
#include "modems/mbim/session_core.hpp"
#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;

// libmbim counts whole seconds; its own timeout comes after ours, so that ours names the step.
guint seconds_past(Duration d) {
  return static_cast<guint>(std::chrono::duration_cast<std::chrono::seconds>(d).count() + 2);
}
// How much longer than anybody waits libmbim listens for the answer to an activation.
constexpr Duration kLateAnswers = 60s;
// For the answer of a given up activation to follow that of the deactivation.
constexpr Duration kAbortGrace = 500ms;

}  // namespace

Result<Reply> accepted(Result<Reply> reply, const std::string& where) {
  if (!reply || reply->status == status::kNone) return reply;
  return failed(status_class(reply->status), where, status_text(reply->status));
}

Session::Session(Loop& loop, const ModemConfig& config)
    : loop_(loop), config_(config), core_(std::make_shared<Core>(loop)) {}

Session::~Session() {
  if (core_->phase == Core::Phase::Open) core_->over();
}

void Session::on_indication(std::function<void(const Indication&)> handler) {
  core_->on_indication = std::move(handler);
}
void Session::on_complaint(std::function<void()> handler) {
  core_->on_complaint = std::move(handler);
}
void Session::on_gone(std::function<void()> handler) { core_->on_gone = std::move(handler); }
Mbimex Session::version() const { return core_->version(); }
unsigned Session::unanswered() const { return core_->unanswered; }
void Session::on_close(Request request) { core_->farewells.push_back(std::move(request)); }

std::string Session::version_text() const {
  guint8 minor = 0;
  const guint8 major =
      core_->device ? mbim_device_get_ms_mbimex_version(core_->device.get(), &minor) : guint8{0};
  if (major < 2) return "MBIM 1.0";
  return fmt::format("MBIM 1.0 (MBIMEx {:x}.{:x})", major, minor);
}

std::string Session::where(const std::string& what) const {
  return fmt::format("{}: mbim {}", config_.link, what);
}

// The failure as whoever waited should see it: with its step, and with the one reason that
// explains all others.
Error Session::explain(Error error, const std::string& where) const {
  error.where = where;
  if (core_->gone) {
    error.failure = FailureClass::Gone;
    error.message = core_->gone_why;
  }
  return error;
}

Task<Result<Reply>> Session::request(Request request, Duration deadline, Cancel cancel) {
  const std::string step = where(request.what);
  const std::shared_ptr<Core> core = core_;
  if (core->gone || !core->opened) {
    co_return failed(explain({FailureClass::Gone, {}, "the modem is not open"}, step));
  }
  const std::shared_ptr<MbimMessage> message(encode(request));
  GAsyncAwaiter<Reply>::Start start = [core, message, deadline](GCancellable* c,
                                                                GAsyncReadyCallback done,
                                                                gpointer data) {
    mbim_device_command(core->device.get(), message.get(), seconds_past(deadline), c, done, data);
  };
  GAsyncAwaiter<Reply>::Finish finish = [core](GObject* source, GAsyncResult* result) {
    return core->finish(source, result);
  };
  const Either either(cancel, core->broken);
  ++core->unanswered;
  Result<Reply> reply = co_await gasync<Reply>(loop_, either.cancel, deadline, step,
                                               std::move(start), std::move(finish));
  if (!reply) co_return failed(explain(reply.error(), step));
  co_return std::move(reply);
}

Task<Result<Reply>> Session::activate(ContextIp type, Duration deadline, Cancel cancel) {
  const std::shared_ptr<Core> core = core_;
  const Request request = mbim::activate(config_, type, version());
  const std::string step = where(request.what);
  if (core->gone || !core->opened) {
    co_return failed(explain({FailureClass::Gone, {}, "the modem is not open"}, step));
  }
  struct Dial {
    bool sent = false;
    bool answered = false;
    bool awaited = true;
  };
  // Given up by the deadline, by a cancellation, or because the coroutine is destroyed.
  struct Waiter {
    std::shared_ptr<Core> core;
    std::shared_ptr<Dial> dial;
    ~Waiter() {
      dial->awaited = false;
      if (dial->sent && !dial->answered) core->send(mbim::deactivate(core->version()));
    }
  };
  const std::shared_ptr<Dial> dial = std::make_shared<Dial>();
  const Waiter waiter{core, dial};
  const std::shared_ptr<MbimMessage> message(encode(request));
  // Not the awaiter's cancellable: a session that comes up late must still be known to us.
  GAsyncAwaiter<Reply>::Start start = [core, message, deadline, dial](
                                          GCancellable*, GAsyncReadyCallback done, gpointer data) {
    dial->sent = true;
    core->may_be_up = true;
    ++core->activating;
    mbim_device_command(core->device.get(), message.get(), seconds_past(deadline + kLateAnswers),
                        core->end, done, data);
  };
  GAsyncAwaiter<Reply>::Finish finish = [core, dial](GObject* source, GAsyncResult* result) {
    dial->answered = true;
    return core->finish_activation(source, result, !dial->awaited);
  };
  const Either either(cancel, core->broken);
  ++core->unanswered;
  Result<Reply> reply = co_await gasync<Reply>(loop_, either.cancel, deadline, step,
                                               std::move(start), std::move(finish));
  if (!reply) co_return failed(explain(reply.error(), step));
  co_return std::move(reply);
}

Task<Result<Reply>> Session::deactivate(Duration deadline, Cancel cancel) {
  const std::shared_ptr<Core> core = core_;
  const Request request = mbim::deactivate(version());
  Result<Reply> reply = co_await this->request(request, deadline, cancel);
  const bool down =
      reply && (reply->status == status::kNone || reply->status == status::kContextNotActivated);
  if (down && core->activating == 0) core->may_be_up = false;
  co_return std::move(reply);
}

// One request of close(). False when the modem did not answer in time.
Task<bool> Session::farewell(Request request, Instant until) {
  const Cancel never;
  const Duration left = std::clamp<Duration>(until - Loop::now(), 100ms, config_.timings.request);
  const Result<Reply> reply = co_await this->request(std::move(request), left, never);
  co_return reply.has_value();
}

Task<void> Session::close_device(Instant until) {
  const std::shared_ptr<Core> core = core_;
  const Cancel never;
  const std::string step = where("close");
  const Duration left = std::clamp<Duration>(until - Loop::now(), 100ms, config_.timings.request);
  GAsyncAwaiter<Done>::Start start = [core](GCancellable* c, GAsyncReadyCallback done,
                                            gpointer data) {
    mbim_device_close(core->device.get(), 1, c, done, data);
  };
  GAsyncAwaiter<Done>::Finish finish = [](GObject* source, GAsyncResult* result) -> Result<Done> {
    GError* error = nullptr;
    if (mbim_device_close_finish(MBIM_DEVICE(source), result, &error) != FALSE) return Done{};
    return failed(take_error(error, {}));
  };
  const Either either(never, core->broken);
  const Result<Done> ignored =
      co_await gasync<Done>(loop_, either.cancel, left, step, std::move(start), std::move(finish));
}

Task<void> Session::close(Duration budget) {
  const std::shared_ptr<Core> core = core_;
  if (core->phase != Core::Phase::Open) co_return;
  const Instant until = Loop::now() + budget;
  const Cancel never;
  bool answers = core->opened;
  if (answers && !core->gone && core->may_be_up) {
    const Request down = mbim::deactivate(version());
    answers = co_await farewell(down, until);
    const Instant grace = std::min(until, Loop::now() + kAbortGrace);
    while (!core->gone && core->activating > 0 && Loop::now() < grace) {
      co_await core->settled.wait(loop_, never, grace - Loop::now());
    }
  }
  while (!core->gone && core->opened && !core->farewells.empty()) {
    const Request undo = std::move(core->farewells.back());
    core->farewells.pop_back();
    if (answers) {
      answers = co_await farewell(undo, until);
    } else {
      core->send(undo);
    }
  }
  if (!core->gone && core->opened && core->activating == 0) co_await close_device(until);
  core->linger();
}

}  // namespace mwan::mbim
