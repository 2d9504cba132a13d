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
    lines_.push_back(Line{family, Backoff(attempt.config.timings.recovery.pauses), began_});
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
  plan_.reset();
  if (error && !error->message.empty()) {
    attempt_.tell(fact::Trouble{.error = *error, .retry_in = std::nullopt});
  }
}

// No network may be the modem's fault: it is judged as such while it lasts, at the ladder's pace.
Status Bearers::plan_for(const Error& obstacle) {
  if (obstacle.failure != FailureClass::Transient || obstacle.message.empty()) return {};
  if (plan_ && Loop::now() < plan_due_) return {};
  if (plan_ && plan_->rung > Rung::ReconnectBearer) {
    attempt_.verdict = *plan_;
    attempt_.verdict->pause = Duration(0);  // it has passed
    return failed(obstacle);
  }
  plan_ = attempt_.recovery.failed(obstacle, TroubleKind::NoNetwork);
  plan_due_ = Loop::now() + plan_->pause;
  return {};
}

bool Bearers::any_up() const {
  return std::ranges::any_of(lines_, [this](const Line& line) { return up(line); });
}

Task<Status> Bearers::run() {
  attempt_.kind = TroubleKind::Bearer;
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
    if (error && !any_up()) {
      if (Status patient = plan_for(*error); !patient) co_return patient;
    }
    const bool standing_by_now = standing_by();
    Task<Status> tending = standing_by_now ? stand_by() : tend();
    const Status tended = co_await tending;
    if (!tended) co_return tended;
    // What changed while we were busy woke nobody.
    if (obstacle() != told_obstacle_ || standing_by() != standing_by_now) continue;
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
    if (plan_) next = std::min(next, plan_due_ - now);
    return std::max(next, Duration(0));
  }
  if (standing_by()) return next;
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

// LTE and 5G attach with the registration; older networks, and modems that were told to detach,
// have to be asked, so that the bearer does not wait for it later.
Task<Status> Bearers::stand_by() {
  co_await hang_up();
  if (!attempt_.state.registration().registered()) {
    asked_to_attach_ = false;
    co_return Status{};
  }
  if (!told_obstacle_) attempt_.recovery.working();
  if (told_obstacle_ && told_obstacle_->failure == FailureClass::Permanent) co_return Status{};
  const bool detached = attempt_.state.packet_service().state == PacketServiceState::Detached;
  if (!detached || std::exchange(asked_to_attach_, true)) co_return Status{};
  attempt_.recovery.attaching();
  const Status attached = co_await attempt_.adapter.attach(true, attempt_.cancel);
  // What else it says is the network's word, which shows as packet service.
  if (!attached && attached.error().failure == FailureClass::Gone) co_return attached;
  co_return Status{};
}

Task<void> Bearers::hang_up() {
  std::vector<IpFamily> families;
  for (Line& line : lines_) {
    if (std::exchange(line.started, false)) families.push_back(line.family);
    line.refused = false;
    line.due = Loop::now();
    // What the modem says of the end is no news then.
    attempt_.state.bearer(line.family, BearerState::Disconnected);
    attempt_.state.addressing(line.family, IpConfig{}, "not needed at the moment");
  }
  if (!families.empty()) co_await attempt_.adapter.disconnect(families, attempt_.cancel);
}

Task<Status> Bearers::tend() {
  // A bearer that is up is looked after whatever the registration says at this moment.
  for (Line& line : lines_) {
    if (up(line)) {
      line.backoff.working(Loop::now());
      attempt_.recovery.working();
      const Status fresh = co_await refresh(line);
      if (!fresh) co_return fresh;
    } else if (line.started) {
      const Status buried = co_await bury(line);
      if (!buried) co_return buried;
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
  attempt_.recovery.attaching();
  const auto outcomes = co_await attempt_.adapter.connect(families, attempt_.cancel);
  if (!outcomes) co_return failed(outcomes.error());
  for (Line* line : lines) {
    const auto outcome = std::ranges::find(*outcomes, line->family, &FamilyOutcome::family);
    if (outcome == outcomes->end()) continue;
    if (Status done = connected(*line, *outcome); !done) co_return done;
  }
  // What came up and cannot be used is ended by the next turn of the loop.
  co_return Status{};
}

Status Bearers::connected(Line& line, const FamilyOutcome& outcome) {
  if (!outcome.config) {
    attempt_.state.bearer(line.family, BearerState::Disconnected, outcome.config.error());
    // The other family alone is granted: no trouble when that one was asked for as well.
    line.refused = outcome.other_family_only && lines_.size() > 1;
    const bool permanent = outcome.config.error().failure == FailureClass::Permanent;
    if (permanent && !line.refused && attempt_.config.apn.empty() && !any_up()) {
      attempt_.apn_missed = true;
      return failed(outcome.config.error());
    }
    return line.refused ? Status{} : put_off(line, outcome.config.error());
  }
  line.started = true;
  if (watch_.news(line.family).ended) {  // again, while its addresses were read
    attempt_.state.bearer(
        line.family, BearerState::Disconnected,
        attempt_.error(FailureClass::Transient, "bearer", "ended as soon as it was up"));
    return {};
  }
  attempt_.state.bearer(line.family, BearerState::Connected);
  attempt_.state.addressing(line.family, *outcome.config);
  line.backoff.working(Loop::now());
  attempt_.recovery.working();
  return {};
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
Task<Status> Bearers::bury(Line& line) {
  line.started = false;
  const bool carries_another = attempt_.adapter.families_share_bearer() && any_up();
  if (!carries_another) {
    const std::vector<IpFamily> families = {line.family};
    co_await attempt_.adapter.disconnect(families, attempt_.cancel);
  }
  const Error why = attempt_.state.end_reason(line.family)
                        .value_or(attempt_.error(FailureClass::Transient, "bearer", "lost"));
  co_return put_off(line, why);
}

// A family that fails while another one works is no reason to do anything to the modem.
Status Bearers::put_off(Line& line, const Error& why) {
  if (any_up()) {
    const Duration pause = line.backoff.failed(Loop::now(), why.failure);
    line.due = Loop::now() + pause;
    attempt_.tell(fact::Trouble{.error = why, .retry_in = pause});
    return {};
  }
  const Verdict verdict = attempt_.recovery.failed(why, TroubleKind::Bearer);
  if (verdict.rung > Rung::ReconnectBearer) {
    attempt_.verdict = verdict;
    return failed(why);
  }
  line.due = Loop::now() + verdict.pause;
  attempt_.tell(Recovery::trouble(why, verdict));
  return {};
}

}  // namespace mwan::modem
