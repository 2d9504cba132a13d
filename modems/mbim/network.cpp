// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/network.hpp"

#include <chrono>

#include "modems/causes.hpp"
#include "modems/mbim/decode_registration.hpp"
#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;

// An attachment under way is announced; not every firmware does.
constexpr Duration kAttachPace = 1s;

Result<RegisterState> register_state_of(const Reply& reply) {
  return decode_register_state(reply.buffer, reply.version);
}
Result<PacketServiceInfo> packet_service_of(const Reply& reply) {
  return decode_packet_service(reply.buffer, reply.version);
}

Error refusal(const Port& port, const std::string& what, std::uint32_t nw_error) {
  const Explanation why = explain_reject(static_cast<std::uint16_t>(nw_error));
  return port.error(why.failure, what, "the network refuses: " + why.text);
}

}  // namespace

Task<Result<Registration>> read_registration(Port& port, Cancel cancel) {
  const Request request = query_register_state();
  const Result<RegisterState> state = co_await read(port, request, register_state_of, cancel);
  if (!state) co_return failed(state.error());
  if (state->registration.rat != Rat::Unknown) port.serving = state->registration.rat;
  co_return state->registration;
}

Task<Status> register_automatically(Port& port, Cancel cancel) {
  // Asking a modem that is registered makes some of them search again.
  const Request query = query_register_state();
  const Result<RegisterState> now = co_await read(port, query, register_state_of, cancel);
  if (!now) co_return failed(now.error());
  if (now->automatic && now->registration.registered()) co_return Status{};

  const Request set = mbim::register_automatically();
  const Duration deadline = port.config.timings.request;
  const Result<Reply> reply = co_await ask(port, set, deadline, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->status == status::kNone) co_return Status{};
  // A failure without a reason of the network is what some firmware says while it searches.
  const Result<RegisterState> state = register_state_of(*reply);
  if (state && state->nw_error != 0) co_return failed(refusal(port, set.what, state->nw_error));
  if (status_class(reply->status) == FailureClass::Permanent && !unsupported(reply->status)) {
    co_return failed(accepted(*reply, port.where(set.what)).error());
  }
  co_return Status{};
}

Task<Result<PacketService>> read_packet_service(Port& port, Cancel cancel) {
  const Request request = query_packet_service();
  const Result<PacketServiceInfo> info = co_await read(port, request, packet_service_of, cancel);
  if (!info) co_return failed(info.error());
  if (info->service.rat != Rat::Unknown) port.serving = info->service.rat;
  co_return info->service;
}

Task<Status> attach(Port& port, bool on, Cancel cancel) {
  const Request set = set_packet_service(on);
  const Request query = query_packet_service();
  const Duration patience = port.config.timings.online;
  const Instant until = Loop::now() + patience;
  Result<Reply> reply = co_await ask(port, set, patience, cancel);
  if (!reply) co_return failed(reply.error());
  Result<PacketServiceInfo> info = packet_service_of(*reply);
  if (reply->status != status::kNone) {
    const bool refused = info && info->nw_error != 0 && info->nw_error <= 0xffff;
    if (refused) co_return failed(refusal(port, set.what, info->nw_error));
    co_return failed(accepted(*reply, port.where(set.what)).error());
  }
  const auto wanted = on ? PacketServiceState::Attached : PacketServiceState::Detached;
  while (!info || info->changing || info->service.state != wanted) {
    if (Loop::now() >= until) {
      co_return failed(
          port.error(FailureClass::Transient, set.what,
                     on ? "the network does not attach the modem" : "the modem stays attached"));
    }
    const Woken woken = co_await port.changed.wait(port.loop, cancel, kAttachPace);
    if (woken == Woken::Cancelled) {
      co_return failed(port.error(FailureClass::Cancelled, set.what, "cancelled"));
    }
    info = co_await read(port, query, packet_service_of, cancel);
    if (!info) co_return failed(info.error());
  }
  co_return Status{};
}

}  // namespace mwan::mbim
