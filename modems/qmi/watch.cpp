// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_cells.hpp"
#include "modems/qmi/decode_sim.hpp"

namespace mwan::qmi {
namespace {

// The firmware is too old, or too new, for this request.
bool not_known(const Reply& reply) {
  return reply.error == protocol::kInvalidQmiCommand || reply.error == protocol::kNotSupported;
}

}  // namespace

Watch::Watch(Attempt& attempt)
    : attempt_(attempt),
      cells_(attempt.config.signal),
      next_check_(Loop::now() + attempt.config.timings.cross_check),
      next_poll_(Loop::now()) {}

// Indications that cannot be read are passed over: the next cross-check asks for the same.
void Watch::hear(const Indication& indication) {
  switch (indication.service) {
    case Service::Nas:
      hear_nas(indication);
      break;
    case Service::Wds:
      hear_wds(indication);
      break;
    case Service::Dsd:
      if (indication.message == msg::kDsdSystemStatusIndication) {
        if (const auto status = decode_system_status(indication.view())) {
          attempt_.state.apply(*status);
        }
      }
      break;
    case Service::Uim:
      if (indication.message == msg::kUimCardStatusIndication && guard_sim_) {
        const auto sim = decode_card_status(indication.view());
        if (sim && sim->state != SimState::Ready) {
          attempt_.fail(attempt_.error(FailureClass::Transient, "card-status",
                                       "the SIM was removed or is no longer ready"));
        }
      }
      break;
    default:
      break;  // that something changed is enough
  }
  // Where one source begins to deny what the other says, ask.
  const bool disputed = attempt_.state.packet_service_disputed();
  if (disputed && !std::exchange(disputed_, disputed)) {
    check_now_ = true;
    wake_.notify();
  }
  disputed_ = disputed;
  attempt_.changed.notify();
}

void Watch::hear_nas(const Indication& indication) {
  const TlvView view = indication.view();
  switch (indication.message) {
    case msg::kNasServingSystem:
      if (const auto r = decode_serving_system(view, Kind::Indication)) attempt_.state.apply(*r);
      break;
    case msg::kNasSystemInfoIndication:
      if (const auto r = decode_system_info(view, Kind::Indication)) attempt_.state.apply(*r);
      break;
    case msg::kNasSignalInfoIndication:
      if (const auto r = decode_signal_info(view)) signal(*r);
      break;
    case msg::kNasSetEventReport:
      if (const auto r = decode_event_report(view)) signal(*r);
      break;
    case msg::kNasNetworkRejectIndication:
      if (const auto r = decode_network_reject(view)) attempt_.state.apply(*r);
      break;
    default:
      break;
  }
}

void Watch::hear_wds(const Indication& indication) {
  const auto of_slot = [&]() -> std::optional<IpFamily> {
    if (!indication.slot) return std::nullopt;
    return *indication.slot == Slot::WdsV6 ? IpFamily::V6 : IpFamily::V4;
  };
  if (indication.message == msg::kWdsPacketServiceStatus) {
    const auto status = decode_packet_service_status(indication.view());
    if (!status) return;
    // Some firmware tells every client about every family.
    const std::optional<IpFamily> family = status->family ? status->family : of_slot();
    for (const IpFamily one : {IpFamily::V4, IpFamily::V6}) {
      if (!family || *family == one) bearer_status(one, *status);
    }
  } else if (indication.message == msg::kWdsExtendedIpConfigIndication) {
    const auto family = of_slot();
    for (const IpFamily one : {IpFamily::V4, IpFamily::V6}) {
      if (!family || *family == one) news_[index(one)].settings_changed = true;
    }
  } else if (indication.message == msg::kWdsSetEventReport &&
             decode_call_terminated(indication.view())) {
    check_now_ = true;
    wake_.notify();
  }
}

void Watch::bearer_status(IpFamily family, const PacketServiceStatus& status) {
  BearerNews& news = news_[index(family)];
  news.connection = status.connection;
  if (status.reconfigure) news.settings_changed = true;
  if (status.connection != Connection::Disconnected ||
      attempt_.state.bearer(family) != BearerState::Connected) {
    return;
  }
  const Explanation why = explain(status.end);
  const Error error = attempt_.error(why.failure, fmt::format("bearer {}", family_name(family)),
                                     fmt::format("disconnected: {}", why.text));
  attempt_.state.bearer(family, BearerState::Disconnected, error);
  attempt_.state.addressing(family, IpConfig{}, error.text());
  attempt_.changed.notify();
}

void Watch::signal(const SignalInfo& report) {
  attempt_.state.apply(report);
  if (const auto serving = attempt_.state.signal()) {
    cells_.signal(*serving);
    if (cells_.due()) wake_.notify();
  }
}

Task<Result<Reply>> Watch::ask(Slot slot, Request request) {
  Result<Reply> reply = co_await attempt_.session.request(
      slot, std::move(request), attempt_.config.timings.request, attempt_.cancel);
  if (!reply) {
    const unsigned silent = attempt_.session.unanswered();
    if (silent >= attempt_.config.timings.unanswered_checks) {
      Error error = reply.error();
      error.message =
          fmt::format("the modem hangs: {} requests in a row without an answer", silent);
      attempt_.fail(error);
    } else {
      check_now_ = true;  // find out soon whether it is more than one lost answer
    }
  }
  co_return reply;
}

Task<Status> Watch::read_signal() {
  const Request request = old_signal_ ? get_signal_strength() : get_signal_info();
  const Result<Reply> reply = co_await ask(Slot::Nas, request);
  if (!reply) co_return failed(reply.error());
  if (!old_signal_ && not_known(*reply)) {
    old_signal_ = true;
    co_return co_await read_signal();
  }
  if (reply->error != 0) co_return Status{};
  const Result<SignalInfo> info =
      old_signal_ ? decode_signal_strength(reply->view()) : decode_signal_info(reply->view());
  if (!info) co_return failed(info.error());
  signal(*info);
  co_return Status{};
}

Task<Status> Watch::read_registration() {
  const Request serving = get_serving_system();
  const Result<Reply> first = co_await ask(Slot::Nas, serving);
  if (!first) co_return failed(first.error());
  if (first->error == 0) {
    const auto report = decode_serving_system(first->view(), Kind::Response);
    if (!report) co_return failed(report.error());
    attempt_.state.apply(*report);
  }
  const Request system = get_system_info();
  const Result<Reply> second = co_await ask(Slot::Nas, system);
  if (!second) co_return failed(second.error());
  if (second->error == 0) {
    const auto report = decode_system_info(second->view(), Kind::Response);
    if (!report) co_return failed(report.error());
    attempt_.state.apply(*report);
  }
  if (attempt_.session.has(Slot::Dsd)) {
    const Request status = get_system_status();
    const Result<Reply> third = co_await ask(Slot::Dsd, status);
    if (!third) co_return failed(third.error());
    if (third->error == 0) {
      const auto report = decode_system_status(third->view());
      if (!report) co_return failed(report.error());
      attempt_.state.apply(*report);
    }
  }
  attempt_.changed.notify();
  co_return Status{};
}

Task<void> Watch::read_cells() {
  const Request request = get_cell_location_info();
  const Result<Reply> reply = co_await ask(Slot::Nas, request);
  cells_.asked(Loop::now());
  if (!reply) co_return;
  if (not_known(*reply)) cells_.stop();
  if (reply->error != 0) co_return;
  const auto report = decode_cells(reply->view());
  if (report && (report->serving || !report->neighbours.empty())) attempt_.state.apply(*report);
}

Task<void> Watch::cross_check() {
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (attempt_.state.bearer(family) != BearerState::Connected) continue;
    const Request request = get_packet_service_status(family);
    const Result<Reply> reply = co_await ask(wds_slot(family), request);
    if (!reply) co_return;
    if (reply->error == protocol::kOutOfCall) {
      bearer_status(family, PacketServiceStatus{.connection = Connection::Disconnected});
    }
    if (reply->error != 0) continue;
    const auto status = decode_packet_service_status(reply->view());
    if (status) bearer_status(family, *status);
  }
  const Status registration = co_await read_registration();
  if (!registration) co_return;
  co_await read_signal();
}

Task<void> Watch::run() {
  while (!attempt_.cancel.cancelled()) {
    const Instant now = Loop::now();
    const std::optional<Instant> cells = cells_.due();
    if (check_now_ || now >= next_check_) {
      check_now_ = false;
      next_check_ = now + attempt_.config.timings.cross_check;
      co_await cross_check();
    } else if (cells && now >= *cells) {
      co_await read_cells();
    } else if (polling_ && now >= next_poll_) {
      next_poll_ = now + attempt_.config.signal.poll_interval;
      co_await read_signal();
    } else {
      Instant next = next_check_;
      if (cells) next = std::min(next, *cells);
      if (polling_) next = std::min(next, next_poll_);
      co_await wake_.wait(attempt_.loop, attempt_.cancel, next - now);
    }
  }
}

}  // namespace mwan::qmi
