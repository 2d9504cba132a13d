// SPDX-License-Identifier: LGPL-2.1-or-later
// Network and radio: what is asked, and what the modem is asked to tell by itself.
#include <array>
#include <utility>

#include "modems/qmi/adapter.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_bands.hpp"
#include "modems/qmi/decode_cells.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan {

using namespace qmi;  // NOLINT(google-build-using-namespace)

Task<Result<Listening>> QmiAdapter::listen(SignalReporting reporting, Cancel cancel) {
  struct Subscription {
    Slot slot;
    Request on;
    std::optional<Request> off;
  };
  std::vector<Subscription> all = {
      {Slot::Dms, report_operating_mode(true), std::nullopt},
      {Slot::Uim, register_sim_events(true), register_sim_events(false)},
      {Slot::Nas, register_nas_indications(true), register_nas_indications(false)},
      {Slot::Dsd, register_system_status(true), register_system_status(false)}};
  for (const IpFamily family : wanted_families(config_.ip_type)) {
    all.push_back({wds_slot(family), report_bearer_events(true, family), std::nullopt});
    all.push_back({wds_slot(family), report_ip_changes(true, family), std::nullopt});
  }
  for (const Subscription& one : all) {
    if (!session_->has(one.slot)) continue;
    const Status done = co_await try_to(one.slot, one.on, cancel);
    if (!done) co_return failed(done.error());
    if (one.off) session_->on_close(one.slot, *one.off);
  }
  const Result<bool> signal = co_await set_thresholds(reporting, cancel);
  if (!signal) co_return failed(signal.error());
  co_return Listening{.signal = *signal};
}

Task<Result<bool>> QmiAdapter::set_thresholds(SignalReporting reporting, Cancel cancel) {
  const std::array<Request, 3> ways = {config_signal_info_v2(reporting),
                                       config_signal_info(reporting),
                                       set_signal_event_report(reporting)};
  for (const Request& way : ways) {
    const Result<Reply> reply = co_await ask(Slot::Nas, way, cancel);
    if (!reply) co_return failed(reply.error());
    if (reply->error == 0) co_return true;
  }
  co_return false;
}

Task<Result<Registration>> QmiAdapter::read_registration(Cancel cancel) {
  const Request serving = get_serving_system();
  const Result<Reply> first = co_await ask(Slot::Nas, serving, cancel);
  if (!first) co_return failed(first.error());
  if (first->error == 0) {
    const auto report = decode_serving_system(first->view(), Kind::Response);
    if (!report) co_return failed(report.error());
    view_.apply(*report);
  }
  const Request system = get_system_info();
  const Result<Reply> second = co_await ask(Slot::Nas, system, cancel);
  if (!second) co_return failed(second.error());
  if (second->error == 0) {
    const auto report = decode_system_info(second->view(), Kind::Response);
    if (!report) co_return failed(report.error());
    view_.apply(*report);
  }
  co_return view_.registration();
}

// Preference first: it also takes a modem out of manual selection. Old firmware has only the other.
Task<Status> QmiAdapter::register_automatically(Cancel cancel) {
  const Request select = select_network_automatically();
  const Result<Reply> reply = co_await ask(Slot::Nas, select, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error == 0 || reply->error == protocol::kNoEffect) co_return Status{};
  const Request initiate = qmi::register_automatically();
  co_return co_await try_to(Slot::Nas, initiate, cancel);
}

Task<Result<PacketService>> QmiAdapter::read_packet_service(Cancel cancel) {
  if (session_->has(Slot::Dsd)) {
    const Request status = get_system_status();
    const Result<Reply> reply = co_await ask(Slot::Dsd, status, cancel);
    if (!reply) co_return failed(reply.error());
    if (reply->error == 0) {
      const auto report = decode_system_status(reply->view());
      if (!report) co_return failed(report.error());
      view_.apply(*report);
    }
  }
  co_return view_.packet_service();
}

Task<Status> QmiAdapter::attach(bool on, Cancel cancel) {
  const Request request = qmi::attach(on);
  const Result<Reply> reply = co_await ask(Slot::Nas, request, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error == 0 || reply->error == protocol::kNoEffect) co_return Status{};
  co_return failed(
      error(protocol_error_class(reply->error), request.what, protocol_error_name(reply->error)));
}

Task<Result<std::vector<SignalSample>>> QmiAdapter::read_signal(Cancel cancel) {
  if (!old_signal_) {
    const Request get = get_signal_info();
    const Result<Reply> reply = co_await ask(Slot::Nas, get, cancel);
    if (!reply) co_return failed(reply.error());
    old_signal_ =
        reply->error == protocol::kInvalidQmiCommand || reply->error == protocol::kNotSupported;
    if (reply->error == 0) {
      const Result<SignalInfo> info = decode_signal_info(reply->view());
      if (!info) co_return failed(info.error());
      co_return view_.apply(*info);
    }
    if (!old_signal_) co_return std::vector<SignalSample>();  // nothing is measured at the moment
  }
  const Request get = get_signal_strength();
  const Result<Reply> reply = co_await ask(Slot::Nas, get, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error != 0) co_return std::vector<SignalSample>();
  const Result<SignalInfo> info = decode_signal_strength(reply->view());
  if (!info) co_return failed(info.error());
  co_return view_.apply(*info);
}

Task<Result<CellReport>> QmiAdapter::read_cells(Cancel cancel) {
  const Request get = get_cell_location_info();
  const Result<Reply> reply = co_await ask(Slot::Nas, get, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error == protocol::kInvalidQmiCommand || reply->error == protocol::kNotSupported) {
    co_return failed(error(FailureClass::Permanent, get.what, "the modem cannot tell its cells"));
  }
  if (reply->error != 0) co_return CellReport();  // none at the moment
  co_return decode_cells(reply->view());
}

Task<Result<std::vector<ActiveBand>>> QmiAdapter::read_bands(Cancel cancel) {
  const Request get = get_rf_band_information();
  const Result<Reply> reply = co_await ask(Slot::Nas, get, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error == protocol::kInvalidQmiCommand || reply->error == protocol::kNotSupported) {
    co_return failed(error(FailureClass::Permanent, get.what, "the modem cannot tell its bands"));
  }
  if (reply->error != 0) co_return std::vector<ActiveBand>();  // none at the moment
  co_return decode_bands(reply->view());
}

}  // namespace mwan
