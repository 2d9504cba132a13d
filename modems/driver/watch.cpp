// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/watch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

// Firmware that does not report the end of a bearer is asked this often.
constexpr Duration kSilentDisconnectCheck = 5s;

constexpr Duration kSuspicious = 200ms;

// The modem cannot say: it is not asked again, and nothing is wrong.
bool cannot_say(const Error& error) { return error.failure == FailureClass::Permanent; }

// Samples come with the cross-check: two of them make a suspicion.
StuckTransmitPolicy policy(Duration check_interval) {
  StuckTransmitPolicy out;
  out.at_least = std::min(out.at_least, check_interval);
  out.quiet = std::max(out.quiet, 2 * check_interval);
  return out;
}

const char* text(IpFamily family) { return family == IpFamily::V4 ? "ipv4" : "ipv6"; }

}  // namespace

Watch::Watch(Attempt& attempt)
    : attempt_(attempt),
      cells_(attempt.config.signal),
      transmission_(policy(check_interval())),
      next_check_(Loop::now() + check_interval()),
      next_poll_(Loop::now()) {}

Duration Watch::check_interval() const {
  const Duration slow = attempt_.config.timings.cross_check;
  return attempt_.config.quirks.silent_disconnect ? std::min(slow, kSilentDisconnectCheck) : slow;
}

void Watch::hear(const ModemReport& report) {
  std::visit([this](const auto& one) { hear_one(one); }, report);
  attempt_.changed.notify();
}

void Watch::hear_one(const Registration& report) { attempt_.state.apply(report); }
void Watch::hear_one(const PacketService& report) { attempt_.state.apply(report); }
void Watch::hear_one(const CellReport& report) { attempt_.state.apply(report); }

void Watch::hear_one(const SignalSample& report) {
  attempt_.state.apply(report);
  const auto serving = attempt_.state.signal();
  if (!serving || serving->rat != report.rat) return;
  cells_.signal(*serving);
  if (cells_.due()) wake_.notify();
}

void Watch::hear_one(const Sim& report) {
  if (!guard_ || report.state == SimState::Ready) return;
  attempt_.fail(attempt_.error(FailureClass::Transient, "card-status",
                               "the SIM was removed or is no longer ready"),
                TroubleKind::Sim);
}

void Watch::hear_one(RadioPower report) {
  if (!guard_ || report == RadioPower::On) return;
  attempt_.fail(attempt_.error(FailureClass::Transient, "radio",
                               report == RadioPower::HardwareOff
                                   ? "the radio was switched off by hardware"
                                   : "the radio was switched off by another program"),
                TroubleKind::Setup);
}

void Watch::hear_one(const report::BearerEnded& report) {
  news_[index(report.family)].ended = true;
  if (attempt_.state.bearer(report.family) != BearerState::Connected) return;
  attempt_.state.bearer(report.family, BearerState::Disconnected, report.why);
  attempt_.state.addressing(report.family, IpConfig{}, report.why.text());
}

void Watch::hear_one(const report::AddressingChanged& report) {
  for (const IpFamily one : {IpFamily::V4, IpFamily::V6}) {
    if (!report.family || *report.family == one) news_[index(one)].settings_changed = true;
  }
}

void Watch::hear_one(const report::Doubt& /*report*/) {
  check_now_ = true;
  wake_.notify();
}

void Watch::heed_failure(const Error& error) {
  if (cannot_say(error)) return;
  if (error.failure == FailureClass::Gone) {
    attempt_.fail(error, TroubleKind::Gone);
    return;
  }
  const unsigned limit = attempt_.config.timings.unanswered_checks;
  const unsigned silent = attempt_.adapter.unanswered();
  ++lost_answers_;
  Error why = error;
  if (silent >= limit) {
    why.message = fmt::format("the modem hangs: {} requests in a row without an answer", silent);
    attempt_.fail(why, TroubleKind::Silent);
  } else if (lost_answers_ >= 2 * limit) {
    why.message = fmt::format(
        "{} of the last checks got no answer: another program may be reading from the modem's port",
        lost_answers_);
    attempt_.fail(why, TroubleKind::Silent);
  } else {
    // Find out soon whether it is more than one lost answer.
    next_check_ = std::min(next_check_, Loop::now() + kSuspicious);
  }
}

Task<Status> Watch::read_signal() {
  auto samples = heed(co_await attempt_.adapter.read_signal(attempt_.cancel));
  if (!samples && cannot_say(samples.error())) co_return Status{};
  if (!samples) co_return failed(samples.error());
  for (const SignalSample& sample : *samples) hear_one(sample);
  co_return Status{};
}

Task<Status> Watch::read_registration() {
  const auto registration = heed(co_await attempt_.adapter.read_registration(attempt_.cancel));
  if (!registration) co_return failed(registration.error());
  attempt_.state.apply(*registration);
  const auto service = heed(co_await attempt_.adapter.read_packet_service(attempt_.cancel));
  if (!service && !cannot_say(service.error())) co_return failed(service.error());
  if (service) attempt_.state.apply(*service);
  attempt_.changed.notify();
  co_return Status{};
}

Task<void> Watch::read_cells() {
  const auto report = heed(co_await attempt_.adapter.read_cells(attempt_.cancel));
  cells_.asked(Loop::now());
  if (!report && cannot_say(report.error())) cells_.stop();
  if (report && (report->serving || !report->neighbours.empty())) attempt_.state.apply(*report);
}

Task<void> Watch::cross_check() {
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    if (attempt_.state.bearer(family) != BearerState::Connected) continue;
    const auto connected = heed(co_await attempt_.adapter.read_connected(family, attempt_.cancel));
    if (!connected && !cannot_say(connected.error())) co_return;
    if (!connected || *connected) continue;
    const Error why =
        attempt_.error(FailureClass::Transient, fmt::format("bearer {}", text(family)),
                       "disconnected: the modem holds it no longer and did not say why");
    hear(report::BearerEnded{family, why});
  }
  const Status registration = co_await read_registration();
  if (!registration) co_return;
  const Status signal = co_await read_signal();
  if (!signal) co_return;
  lost_answers_ = 0;
  co_await check_transmission();
}

// From the counters alone, so that it costs no packet.
Task<void> Watch::check_transmission() {
  const bool connected = attempt_.state.bearer(IpFamily::V4) == BearerState::Connected ||
                         attempt_.state.bearer(IpFamily::V6) == BearerState::Connected;
  const auto kernel = read_netdev_counters(attempt_.netdev);
  if (!connected || !kernel) {
    transmission_.forget();
    co_return;
  }
  TransmitSample now{
      .at = Loop::now(), .kernel = *kernel, .modem_tx = std::nullopt, .modem_rx = std::nullopt};
  const auto counters = heed(co_await attempt_.adapter.read_counters(attempt_.cancel));
  if (!counters && !cannot_say(counters.error())) co_return;
  if (counters) {
    now.modem_tx = counters->tx_packets;
    now.modem_rx = counters->rx_packets;
  }
  const auto stuck = transmission_.sample(now);
  if (!stuck) co_return;
  attempt_.fail(attempt_.error(FailureClass::Transient, "transmit", stuck->explanation),
                TroubleKind::TransmitStuck);
}

Task<void> Watch::run() {
  while (!attempt_.cancel.cancelled()) {
    const Instant now = Loop::now();
    const std::optional<Instant> cells = cells_.due();
    if (check_now_ || now >= next_check_) {
      check_now_ = false;
      next_check_ = now + check_interval();
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

}  // namespace mwan::modem
