// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "hal/gasync.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_status.hpp"
#include "modems/qmi/session_core.hpp"

namespace mwan::qmi {
namespace {

using namespace std::chrono_literals;

// libqmi counts whole seconds; its own timeout comes after ours, so that ours names the step.
guint seconds_past(Duration d) {
  return static_cast<guint>(std::chrono::duration_cast<std::chrono::seconds>(d).count() + 2);
}
// How much longer than anybody waits libqmi listens for an answer that hands out something.
constexpr Duration kLateAnswers = 60s;
// For the answer of an aborted start to follow that of the abort.
constexpr Duration kAbortGrace = 500ms;

Result<Reply> read_reply(QmiMessage* message) {
  Reply reply;
  reply.tlvs = tlv_bytes(message);
  const Result<std::uint16_t> result = decode_result(reply.view());
  if (!result) return failed(result.error());
  reply.error = *result;
  return reply;
}

Result<Reply> finish_command(GObject* device, GAsyncResult* result) {
  GError* error = nullptr;
  const MessageRef message(qmi_device_command_full_finish(QMI_DEVICE(device), result, &error));
  if (!message) return failed(take_error(error, {}));
  return read_reply(message.get());
}

}  // namespace

Result<Reply> accepted(Result<Reply> reply, const std::string& where) {
  if (!reply || reply->error == 0) return reply;
  return failed(protocol_error_class(reply->error), where, protocol_error_name(reply->error));
}

Session::Session(Loop& loop, const ModemConfig& config)
    : loop_(loop), config_(config), core_(std::make_shared<Core>(loop)) {}
Session::~Session() {
  if (core_->phase == Core::Phase::Open) core_->over();
}

void Session::on_indication(std::function<void(const Indication&)> handler) {
  core_->on_indication = std::move(handler);
}
void Session::on_gone(std::function<void()> handler) { core_->on_gone = std::move(handler); }
bool Session::gone() const { return core_->gone; }
bool Session::has(Slot slot) const { return core_->clients[slot] != nullptr; }
unsigned Session::unanswered() const { return core_->unanswered; }
void Session::on_close(Slot slot, Request request) {
  core_->farewells.emplace_back(slot, std::move(request));
}
std::string Session::where(const std::string& what) const {
  return fmt::format("{}: qmi {}", config_.link, what);
}

// The failure as whoever waited should see it: with its step, and with the one reason that
// explains all others.
Error Session::explain(Error error, const std::string& where) {
  error.where = where;
  if (core_->gone) {
    error.failure = FailureClass::Gone;
    error.message = "the connection to the modem broke: it was unplugged, or the proxy ended";
  }
  return error;
}

Task<Status> Session::allocate(Slot slot, Cancel cancel) {
  const std::string step = where(fmt::format("allocate-client-id {}", name(service_of(slot))));
  const std::shared_ptr<Core> core = core_;
  if (core->gone) co_return failed(explain({}, step));
  const Duration deadline = config_.timings.request;
  // Not the awaiter's cancellable: an id whose answer is late must still be known to us.
  GAsyncAwaiter<Done>::Start start = [core, slot, deadline](GCancellable*, GAsyncReadyCallback done,
                                                            gpointer data) {
    ++core->acquiring;
    qmi_device_allocate_client(core->device.get(), static_cast<QmiService>(service_of(slot)),
                               QMI_CID_NONE, seconds_past(deadline + kLateAnswers), core->end, done,
                               data);
  };
  GAsyncAwaiter<Done>::Finish finish = [core, slot](GObject* source,
                                                    GAsyncResult* result) -> Result<Done> {
    GError* error = nullptr;
    ClientRef client(qmi_device_allocate_client_finish(QMI_DEVICE(source), result, &error));
    const bool have = client != nullptr;
    if (have) core->unanswered = 0;
    if (have && core->phase == Core::Phase::Over) {
      qmi_device_release_client(QMI_DEVICE(source), client.get(),
                                QMI_DEVICE_RELEASE_CLIENT_FLAGS_NONE, 1, nullptr, nullptr, nullptr);
    } else if (have) {
      core->clients[slot] = std::move(client);
    }
    core->settle();
    if (have) return Done{};
    return failed(take_error(error, {}));
  };
  const Result<Done> outcome =
      co_await gasync<Done>(loop_, cancel, deadline, step, std::move(start), std::move(finish));
  if (!outcome) co_return failed(explain(outcome.error(), step));
  co_return Status{};
}

Task<Result<Reply>> Session::request(Slot slot, Request request, Duration deadline, Cancel cancel) {
  const std::string step = where(request.what);
  const std::shared_ptr<Core> core = core_;
  if (core->gone || !core->clients[slot]) {
    co_return failed(explain({FailureClass::Transient, {}, "there is no client id for it"}, step));
  }
  const std::shared_ptr<QmiMessage> message(core->encode(slot, request));
  GAsyncAwaiter<Reply>::Start start =
      [core, message, deadline](GCancellable* c, GAsyncReadyCallback done, gpointer data) {
        qmi_device_command_full(core->device.get(), message.get(), nullptr, seconds_past(deadline),
                                c, done, data);
      };
  GAsyncAwaiter<Reply>::Finish finish = finish_command;
  ++core->unanswered;
  Result<Reply> reply =
      co_await gasync<Reply>(loop_, cancel, deadline, step, std::move(start), std::move(finish));
  if (reply) core->unanswered = 0;
  if (!reply) co_return failed(explain(reply.error(), step));
  co_return std::move(reply);
}

Task<Result<Reply>> Session::start_network(IpFamily family, Duration deadline, Cancel cancel) {
  const Slot slot = wds_slot(family);
  const Request request = qmi::start_network(config_, family);
  const std::string step = where(request.what);
  const std::shared_ptr<Core> core = core_;
  if (core->gone || !core->clients[slot]) {
    co_return failed(explain({FailureClass::Transient, {}, "there is no client id for it"}, step));
  }
  const std::shared_ptr<QmiMessage> message(core->encode(slot, request));
  GAsyncAwaiter<Reply>::Start start = [core, message, slot, deadline](
                                          GCancellable*, GAsyncReadyCallback done, gpointer data) {
    ++core->acquiring;
    core->starting[slot] = qmi_message_get_transaction_id(message.get());
    qmi_device_command_full(core->device.get(), message.get(), nullptr,
                            seconds_past(deadline + kLateAnswers), core->end, done, data);
  };
  GAsyncAwaiter<Reply>::Finish finish = [core, slot](GObject* source,
                                                     GAsyncResult* result) -> Result<Reply> {
    Result<Reply> reply = finish_command(source, result);
    if (core->forgotten[slot] > 0) {
      --core->forgotten[slot];
      return reply;
    }
    core->starting[slot].reset();
    if (reply) {
      core->unanswered = 0;
      const Result<StartedNetwork> started = decode_start_network(reply->view());
      const bool up = reply->error == 0 || reply->error == protocol::kNoEffect;
      if (up)
        core->handles[slot] = started ? started->handle.value_or(kGlobalHandle) : kGlobalHandle;
    }
    core->settle();
    return reply;
  };
  Result<Reply> reply =
      co_await gasync<Reply>(loop_, cancel, deadline, step, std::move(start), std::move(finish));
  if (!reply) co_return failed(explain(reply.error(), step));
  co_return std::move(reply);
}

Task<void> Session::stop_network(IpFamily family, Duration deadline, Cancel cancel) {
  const Slot slot = wds_slot(family);
  const auto handle = std::exchange(core_->handles[slot], std::nullopt);
  if (!handle) co_return;
  const Request stop = qmi::stop_network(*handle, family);
  // Whether it was still up does not matter.
  const Result<Reply> ignored = co_await request(slot, stop, deadline, cancel);
}

// One request of close(). False when the modem did not answer in time.
Task<bool> Session::farewell(Slot slot, Request request, Instant until) {
  const Cancel never;
  const Duration left = std::clamp<Duration>(until - Loop::now(), 100ms, config_.timings.request);
  const Result<Reply> reply = co_await this->request(slot, std::move(request), left, never);
  co_return reply.has_value();
}

Task<void> Session::close(Duration budget) {
  const std::shared_ptr<Core> core = core_;
  if (core->phase != Core::Phase::Open) co_return;
  const Instant until = Loop::now() + budget;
  const Cancel never;
  bool answers = core->device != nullptr;

  // A start that nobody waits for any more: ask for its end, and see what came of it.
  for (const IpFamily family : kFamilies) {
    const Slot slot = wds_slot(family);
    const auto transaction = core->starting[slot];
    if (core->gone || !transaction || !answers) continue;
    const Request abort = abort_start(*transaction, family);
    answers = co_await farewell(slot, abort, until);
    if (!answers) continue;
    // The modem is done with it now, also when it does not say so; what its client id holds goes
    // with that id.
    const Instant grace = std::min(until, Loop::now() + kAbortGrace);
    while (!core->gone && core->starting[slot] && Loop::now() < grace) {
      co_await core->settled.wait(loop_, never, grace - Loop::now());
    }
    core->forget_start(slot);
  }
  while (!core->gone && core->acquiring > 0 && Loop::now() < until) {
    co_await core->settled.wait(loop_, never, until - Loop::now());
  }
  for (const IpFamily family : kFamilies) {
    const Slot slot = wds_slot(family);
    if (core->gone || !answers || !core->handles[slot]) continue;
    const auto handle = std::exchange(core->handles[slot], std::nullopt);
    const Request stop = qmi::stop_network(*handle, family);
    answers = co_await farewell(slot, stop, until);
  }
  while (!core->gone && answers && !core->farewells.empty()) {
    const std::pair<Slot, Request> undo = std::move(core->farewells.back());
    core->farewells.pop_back();
    if (!core->clients[undo.first]) continue;
    answers = co_await farewell(undo.first, undo.second, until);
  }
  if (!core->gone && core->device != nullptr) core->give_back();
  while (!core->gone && core->releasing > 0 && Loop::now() < until) {
    co_await core->settled.wait(loop_, never, until - Loop::now());
  }
  core->linger();
}

}  // namespace mwan::qmi
