// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/driver/bearers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "modems/causes.hpp"

namespace mwan::modem {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongest = 1h;  // of one wait; nothing depends on it

}  // namespace

Bearers::Bearers(Attempt& attempt, Watch& watch)
    : attempt_(attempt), watch_(watch), began_(Loop::now()) {
  for (const IpFamily family : wanted_families(attempt.config.ip_type)) {
    lines_.push_back(Line{family, Backoff(attempt.config.timings.retry), began_});
  }
}

std::optional<Error> Bearers::obstacle() const {
  const Registration& registration = attempt_.state.registration();
  const bool patient = Loop::now() - began_ < attempt_.config.timings.registration_report;
  switch (registration.state) {
    case RegistrationState::Home:
      break;
    case RegistrationState::Roaming:
      if (attempt_.config.roaming_allowed) break;
      return attempt_.error(FailureClass::Permanent, "registration",
                            fmt::format("roaming on {} ({}): the settings do not allow it",
                                        registration.operator_name, registration.plmn));
    case RegistrationState::Denied: {
      if (!registration.reject_cause) {
        return attempt_.error(FailureClass::Throttled, "registration", "denied by the network");
      }
      const Explanation why = explain_reject(*registration.reject_cause);
      return attempt_.error(why.failure, "registration", "denied by the network: " + why.text);
    }
    default:
      if (patient) return attempt_.error(FailureClass::Transient, "registration", {});
      return attempt_.error(FailureClass::Transient, "registration",
                            "no network found: check coverage and antenna");
  }
  if (attempt_.state.packet_service().state == PacketServiceState::Detached) {
    if (patient) return attempt_.error(FailureClass::Transient, "packet-service", {});
    return attempt_.error(FailureClass::Transient, "packet-service",
                          "registered, but the network serves no data");
  }
  return std::nullopt;
}

// It is told without a next attempt: what has to change is outside of us.
void Bearers::tell_obstacle(const std::optional<Error>& error) {
  if (told_obstacle_ == error) return;
  told_obstacle_ = error;
  if (error && !error->message.empty()) {
    attempt_.tell(fact::Trouble{.error = *error, .retry_in = std::nullopt});
  }
}

Task<Status> Bearers::run() {
  while (!attempt_.cancel.cancelled()) {
    const bool was_clear = !told_obstacle_;
    const std::optional<Error> error = obstacle();
    if (error && was_clear) began_ = Loop::now();
    tell_obstacle(error);
    if (!was_clear && !error) {
      // A new registration: what the old one refused may be granted now.
      for (Line& line : lines_) {
        line.refused = false;
        line.due = std::min(line.due, Loop::now());
      }
    }
    const Status tended = co_await tend();
    if (!tended) co_return tended;
    // What changed while we were busy woke nobody.
    if (obstacle() != told_obstacle_) continue;
    co_await attempt_.changed.wait(attempt_.loop, attempt_.cancel, until_next());
  }
  co_return failed(attempt_.error(FailureClass::Cancelled, "connection", "cancelled"));
}

Duration Bearers::until_next() const {
  const Instant now = Loop::now();
  Duration next = kLongest;
  if (told_obstacle_) {
    // To say after a while what is missing.
    const Duration patience = attempt_.config.timings.registration_report;
    if (now - began_ < patience) next = began_ + patience - now;
    return next;
  }
  for (const Line& line : lines_) {
    if (up(line) && watch_.news(line.family).settings_changed) next = Duration(0);
    if (!up(line) && !line.refused) {
      next = std::min(next, line.started ? Duration(0) : line.due - now);
    }
  }
  return std::max(next, Duration(0));
}

// The families to ask for now: together where they share a bearer, else the first.
Bearers::Lines Bearers::wanting() {
  Lines out;
  for (Line& line : lines_) {
    if (up(line) || line.started || line.refused || Loop::now() < line.due) continue;
    out.push_back(&line);
    if (!attempt_.adapter.families_share_bearer()) break;
  }
  return out;
}

Task<Status> Bearers::tend() {
  // A bearer that is up is looked after whatever the registration says at this moment.
  for (Line& line : lines_) {
    if (up(line)) {
      line.backoff.working(Loop::now());
      const Status fresh = co_await refresh(line);
      if (!fresh) co_return fresh;
    } else if (line.started) {
      co_await bury(line);
    }
  }
  while (!told_obstacle_ && !attempt_.cancel.cancelled()) {
    const Lines lines = wanting();
    if (lines.empty()) break;
    const Status asked = co_await connect(lines);
    if (!asked) co_return asked;
    if (obstacle()) break;
  }
  co_return Status{};
}

Task<Status> Bearers::connect(Lines lines) {
  std::vector<IpFamily> families;
  for (const Line* line : lines) {
    families.push_back(line->family);
    watch_.forget_news(line->family);
    attempt_.state.bearer(line->family, BearerState::Connecting);
  }
  const auto outcomes = co_await attempt_.adapter.connect(families, attempt_.cancel);
  if (!outcomes) co_return failed(outcomes.error());
  for (Line* line : lines) {
    const auto outcome = std::ranges::find(*outcomes, line->family, &FamilyOutcome::family);
    if (outcome != outcomes->end()) connected(*line, *outcome);
  }
  // What came up and cannot be used is ended by the next turn of the loop.
  co_return Status{};
}

void Bearers::connected(Line& line, const FamilyOutcome& outcome) {
  if (!outcome.config) {
    attempt_.state.bearer(line.family, BearerState::Disconnected, outcome.config.error());
    // The other family alone is granted: no trouble when that one was asked for as well.
    line.refused = outcome.other_family_only && lines_.size() > 1;
    if (!line.refused) put_off(line, outcome.config.error());
    return;
  }
  line.started = true;
  if (watch_.news(line.family).ended) {  // again, while its addresses were read
    attempt_.state.bearer(
        line.family, BearerState::Disconnected,
        attempt_.error(FailureClass::Transient, "bearer", "ended as soon as it was up"));
    return;
  }
  attempt_.state.bearer(line.family, BearerState::Connected);
  attempt_.state.addressing(line.family, *outcome.config);
  line.backoff.working(Loop::now());
}

Task<Status> Bearers::refresh(Line& line) {
  if (!watch_.news(line.family).settings_changed) co_return Status{};
  watch_.settings_read(line.family);
  const auto config = co_await attempt_.adapter.read_addressing(line.family, attempt_.cancel);
  if (!config && config.error().failure == FailureClass::Gone) co_return failed(config.error());
  if (config && up(line)) attempt_.state.addressing(line.family, *config);
  co_return Status{};
}

// Some firmware refuses the next start until this one was ended.
Task<void> Bearers::bury(Line& line) {
  line.started = false;
  const bool carries_another =
      attempt_.adapter.families_share_bearer() &&
      std::ranges::any_of(lines_, [&](const Line& other) { return up(other); });
  if (!carries_another) {
    const std::vector<IpFamily> families = {line.family};
    co_await attempt_.adapter.disconnect(families, attempt_.cancel);
  }
  const Error why = attempt_.state.end_reason(line.family)
                        .value_or(attempt_.error(FailureClass::Transient, "bearer", "lost"));
  put_off(line, why);
}

void Bearers::put_off(Line& line, const Error& why) {
  const Duration pause = line.backoff.failed(Loop::now(), why.failure);
  line.due = Loop::now() + pause;
  attempt_.tell(fact::Trouble{.error = why, .retry_in = pause});
}

}  // namespace mwan::modem
