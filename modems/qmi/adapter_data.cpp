// SPDX-License-Identifier: LGPL-2.1-or-later
// Data format and bearers.
#include <utility>

#include <fmt/format.h>

#include "modems/control_port.hpp"
#include "modems/qmi/adapter.hpp"
#include "modems/qmi/causes.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan {

using namespace qmi;  // NOLINT(google-build-using-namespace)

namespace {

constexpr std::uint32_t kUsualInterface = 4;  // where sysfs does not tell

// Causes 50 and 51 of 3GPP TS 24.301: the other family alone is granted.
bool other_family_only(IpFamily family, const CallEnd& end) {
  constexpr std::uint16_t k3gpp = 6;  // QmiWdsVerboseCallEndReasonType
  if (end.verbose_type != k3gpp || !end.verbose_reason) return false;
  return *end.verbose_reason == (family == IpFamily::V4 ? 51 : 50);
}

}  // namespace

Task<Status> QmiAdapter::prepare_data(Cancel cancel) {
  const Status format = co_await choose_data_format(cancel);
  if (!format) co_return format;
  co_return co_await autoconnect_off(cancel);
}

Task<Status> QmiAdapter::choose_data_format(Cancel cancel) {
  layer_ = LinkLayer::Ethernet;  // what modems did before they could be asked
  if (!session_->has(Slot::Wda)) co_return session_->expect_data_format(layer_);
  std::optional<Endpoint> endpoint;
  const Endpoint known{.interface_number =
                           usb_interface_number(config_.device).value_or(kUsualInterface)};
  if (config_.quirks.needs_endpoint_info) endpoint = known;
  Request get = get_data_format(endpoint);
  Result<Reply> reply = co_await ask(Slot::Wda, get, cancel);
  if (reply && reply->error == protocol::kMissingArgument && !endpoint) {
    endpoint = known;
    get = get_data_format(endpoint);
    reply = co_await ask(Slot::Wda, get, cancel);
  }
  if (!reply) co_return failed(reply.error());
  DataFormat format;
  if (reply->error == 0) {
    const Result<DataFormat> now = decode_data_format(reply->view());
    if (!now) co_return failed(now.error());
    format = *now;
  }
  const bool wanted = format.layer == LinkLayer::RawIp && !format.aggregated;
  if (!wanted && !config_.quirks.ethernet_frames_only) {
    Request set = set_raw_ip(endpoint);
    reply = co_await ask(Slot::Wda, set, cancel);
    if (reply && reply->error == protocol::kMissingArgument && !endpoint) {
      endpoint = known;
      set = set_raw_ip(endpoint);
      reply = co_await ask(Slot::Wda, set, cancel);
    }
    reply = accepted(std::move(reply), where(set.what));
    if (!reply) co_return failed(reply.error());
    const Result<DataFormat> now = decode_data_format(reply->view());
    if (!now) co_return failed(now.error());
    format = *now;  // a few modems stay with Ethernet frames, and say so here
  }
  layer_ = format.layer;
  co_return session_->expect_data_format(layer_);
}

// A bearer that the modem starts by itself collides with ours. It stays off when we leave: on, it
// would bring back the bearer that was just stopped.
Task<Status> QmiAdapter::autoconnect_off(Cancel cancel) {
  const Slot slot = wds_slot(wanted_families(config_.ip_type).front());
  const Request get = get_autoconnect();
  const Result<Reply> reply = co_await ask(slot, get, cancel);
  if (!reply) co_return failed(reply.error());
  const Result<bool> on =
      reply->error == 0 ? decode_autoconnect(reply->view()) : Result<bool>(false);
  if (!on || !*on) co_return Status{};
  const Request off = disable_autoconnect();
  co_return co_await try_to(slot, off, cancel);
}

Task<Result<std::vector<FamilyOutcome>>> QmiAdapter::connect(std::vector<IpFamily> families,
                                                             Cancel cancel) {
  std::vector<FamilyOutcome> out;
  for (const IpFamily family : families) {
    Result<FamilyOutcome> one = co_await connect_one(family, cancel);
    if (!one) co_return failed(one.error());
    out.push_back(std::move(*one));
  }
  co_return out;
}

Task<Result<FamilyOutcome>> QmiAdapter::connect_one(IpFamily family, Cancel cancel) {
  const Request set_family = set_ip_family(family);
  const Status tagged = co_await try_to(wds_slot(family), set_family, cancel);
  if (!tagged) co_return failed(tagged.error());

  const Result<Reply> reply =
      co_await session_->start_network(family, config_.timings.start_network, cancel);
  if (!reply) co_return failed(reply.error());
  FamilyOutcome out{.family = family, .config = IpConfig(), .other_family_only = false};
  if (reply->error != 0 && reply->error != protocol::kNoEffect) {
    Error why = error(protocol_error_class(reply->error),
                      fmt::format("start-network {}", family_name(family)),
                      protocol_error_name(reply->error));
    const Result<StartedNetwork> answer = decode_start_network(reply->view());
    if (answer && answer->end.known()) {
      const Explanation reason = explain(answer->end);
      why.failure = reason.failure;
      why.message += ", " + reason.text;
      out.other_family_only = other_family_only(family, answer->end);
    }
    out.config = failed(std::move(why));
    co_return out;
  }
  out.config = co_await read_addressing(family, cancel);
  if (out.config) co_return out;
  if (out.config.error().failure == FailureClass::Gone || cancel.cancelled()) {
    co_return failed(out.config.error());
  }
  // Up, and of no use.
  co_await session_->stop_network(family, config_.timings.request, cancel);
  co_return out;
}

Task<void> QmiAdapter::disconnect(std::vector<IpFamily> families, Cancel cancel) {
  for (const IpFamily family : families) {
    co_await session_->stop_network(family, config_.timings.request, cancel);
  }
}

Task<Result<IpConfig>> QmiAdapter::read_addressing(IpFamily family, Cancel cancel) {
  const Request request = get_current_settings(family);
  const Result<Reply> reply = co_await need(wds_slot(family), request, cancel);
  if (!reply) co_return failed(reply.error());
  Result<IpConfig> config = decode_current_settings(reply->view(), layer_);
  if (!config) co_return failed(config.error());
  (family == IpFamily::V4 ? config->v6 : config->v4).reset();
  if (!config->v4 && !config->v6) {
    co_return failed(error(FailureClass::Transient, request.what,
                           "the bearer is up but the network gave it no address"));
  }
  co_return config;
}

Task<Result<bool>> QmiAdapter::read_connected(IpFamily family, Cancel cancel) {
  const Request request = get_packet_service_status(family);
  const Result<Reply> reply = co_await ask(wds_slot(family), request, cancel);
  if (!reply) co_return failed(reply.error());
  if (reply->error == protocol::kOutOfCall) co_return false;
  if (reply->error != 0) {
    co_return failed(
        error(FailureClass::Permanent, request.what, protocol_error_name(reply->error)));
  }
  const auto status = decode_packet_service_status(reply->view());
  if (!status) co_return failed(status.error());
  co_return status->connection != Connection::Disconnected;
}

Task<Result<TrafficCounters>> QmiAdapter::read_counters(Cancel cancel) {
  TrafficCounters out;
  for (const IpFamily family : wanted_families(config_.ip_type)) {
    const Request request = get_packet_statistics(family);
    const Result<Reply> reply = co_await ask(wds_slot(family), request, cancel);
    if (!reply) co_return failed(reply.error());
    if (reply->error == protocol::kOutOfCall) continue;
    if (reply->error != 0) {
      co_return failed(
          error(FailureClass::Permanent, request.what, protocol_error_name(reply->error)));
    }
    const auto counters = decode_packet_statistics(reply->view());
    if (!counters) co_return failed(counters.error());
    // The counters are the modem's, not the client's: every bearer answers with the same.
    out = *counters;
  }
  co_return out;
}

}  // namespace mwan
