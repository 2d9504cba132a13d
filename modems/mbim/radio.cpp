// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/radio.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "modems/mbim/status.hpp"

namespace mwan::mbim {
namespace {

Result<SignalSample> atds_of(const Reply& reply) { return decode_atds_signal(reply.buffer); }
Result<BaseStations> stations_of(const Reply& reply) {
  return decode_base_stations(reply.buffer, reply.version);
}

// The technology that RSSI and AT&T's values are of.
Rat anchor(Rat serving) { return serving == Rat::NrNsa ? Rat::Lte : serving; }

void merge(std::vector<SignalSample>& samples, const SignalSample& more) {
  for (SignalSample& sample : samples) {
    if (sample.rat == Rat::Unknown) sample.rat = more.rat;
    if (sample.rat != more.rat) continue;
    complete(sample, more);
    return;
  }
  if (!more.empty()) samples.push_back(more);
}

// Whether asking again is of no use.
bool hopeless(const Error& error) { return error.failure == FailureClass::Permanent; }

}  // namespace

Task<void> Radio::add_quality(std::vector<SignalSample>& samples, Cancel cancel) {
  const Request atds = query_atds_signal();
  if (atds_ && port_.services.has(atds.service, atds.cid)) {
    Result<SignalSample> more = co_await read(port_, atds, atds_of, cancel);
    if (more) {
      more->rat = samples.empty() ? anchor(port_.serving) : samples.front().rat;
      merge(samples, *more);
      if (more->rsrq_db) co_return;
    } else {
      atds_ = !hopeless(more.error());
    }
  }
  const Request query = query_base_stations(port_.version());
  if (!stations_ || !port_.services.has(query.service, query.cid)) co_return;
  const Result<BaseStations> stations = co_await read(port_, query, stations_of, cancel);
  if (stations) {
    for (const SignalSample& one : stations->serving) merge(samples, one);
  } else {
    stations_ = !hopeless(stations.error());
  }
}

Task<Result<std::vector<SignalSample>>> Radio::read_signal(Cancel cancel) {
  const Request query = query_signal();
  const Result<Reply> reply = co_await ask(port_, query, cancel);
  if (!reply) co_return failed(reply.error());
  Result<std::vector<SignalSample>> samples =
      decode_signal_state(reply->buffer, reply->version, port_.serving);
  if (!samples) {
    co_return failed(samples.error().failure, port_.where(query.what), samples.error().message);
  }
  co_await add_quality(*samples, cancel);
  co_return std::move(samples);
}

Task<Result<CellReport>> Radio::read_cells(Cancel cancel) {
  const Request query = query_base_stations(port_.version());
  if (!port_.services.has(query.service, query.cid)) co_return not_offered(port_, query);
  const Result<BaseStations> stations = co_await read(port_, query, stations_of, cancel);
  if (!stations) co_return failed(stations.error());
  co_return stations->cells;
}

Task<Result<std::vector<ActiveBand>>> Radio::read_bands(Cancel cancel) {
  const Request query = query_base_stations(port_.version());
  if (!port_.services.has(query.service, query.cid)) co_return not_offered(port_, query);
  const Result<BaseStations> stations = co_await read(port_, query, stations_of, cancel);
  if (!stations) co_return failed(stations.error());
  co_return stations->bands;
}

Task<Result<bool>> Radio::report_signal(SignalReporting reporting, Cancel cancel) {
  // RSSI comes in steps of 2 dB; 0xffffffff is a threshold that is never reached. What does not
  // know that value is asked to do as it likes (0).
  const auto rssi = static_cast<std::uint32_t>(
      std::clamp<long>(std::lround(reporting.rssi_delta_db / 2.0), 1, 31));
  const Duration deadline = port_.config.timings.request;
  for (const std::uint32_t errors : {kUnknown, 0U}) {
    const Request request = mbim::report_signal(port_.config.quirks.signal_interval, rssi, errors);
    const Result<Reply> reply = co_await ask(port_, request, deadline, cancel);
    if (!reply) co_return failed(reply.error());
    if (reply->status == status::kNone) co_return !port_.config.quirks.silent_thresholds;
  }
  co_return false;
}

void Radio::hear(const Indication& indication) {
  waiting_ = indication;
  if (!reporting_.running()) reporting_.start(report());
}

void Radio::stop() {
  stop_.cancel();
  reporting_.reset();
  waiting_.reset();
}

Task<void> Radio::report() {
  while (waiting_) {
    const Indication now = *std::exchange(waiting_, std::nullopt);
    Result<std::vector<SignalSample>> samples =
        decode_signal_state(now.buffer, now.version, port_.serving);
    if (!samples) continue;
    co_await add_quality(*samples, stop_);
    tell(*samples);
  }
}

void Radio::tell(const std::vector<SignalSample>& samples) {
  const std::vector<Rat> before = std::exchange(told_, {});
  for (const SignalSample& sample : samples) {
    told_.push_back(sample.rat);
    port_.tell(sample);
  }
  for (const Rat rat : before) {
    if (std::ranges::find(told_, rat) == told_.end()) port_.tell(SignalSample{.rat = rat});
  }
}

}  // namespace mwan::mbim
