// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/bearers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "modems/qmi/bringup.hpp"

namespace mwan::qmi {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongest = 1h;  // of one wait; nothing depends on it

}  // namespace

Bearers::Bearers(Attempt& attempt, Watch& watch, LinkLayer layer)
    : attempt_(attempt), watch_(watch), layer_(layer), began_(Loop::now()) {
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
    for (Line& line : lines_) {
      if (attempt_.cancel.cancelled()) break;
      // A bearer that is up is looked after whatever the registration says at this moment.
      const bool up = attempt_.state.bearer(line.family) == BearerState::Connected;
      if (error && !up && !line.started) continue;
      const Status tended = co_await tend(line);
      if (!tended) co_return tended;
    }
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
    const bool up = attempt_.state.bearer(line.family) == BearerState::Connected;
    if (up && watch_.news(line.family).settings_changed) next = Duration(0);
    if (!up && !line.refused) next = std::min(next, line.started ? Duration(0) : line.due - now);
  }
  return std::max(next, Duration(0));
}

Task<Status> Bearers::tend(Line& line) {
  const bool up = attempt_.state.bearer(line.family) == BearerState::Connected;
  if (up) {
    line.backoff.working(Loop::now());
    if (watch_.news(line.family).settings_changed) {
      const Status read = co_await read_settings(line);
      if (!read && read.error().failure == FailureClass::Gone) co_return read;
    }
    co_return Status{};
  }
  if (line.started) {
    // Lost without our asking. Some firmware refuses the next start until this one was ended.
    line.started = false;
    co_await attempt_.session.stop_network(line.family, attempt_.config.timings.request,
                                           attempt_.cancel);
    const Error why = attempt_.state.end_reason(line.family)
                          .value_or(attempt_.error(FailureClass::Transient, "bearer", "lost"));
    put_off(line, why);
    co_return Status{};
  }
  if (line.refused || Loop::now() < line.due || told_obstacle_) co_return Status{};
  co_return co_await connect(line);
}

Task<Status> Bearers::connect(Line& line) {
  const IpFamily family = line.family;
  const Duration deadline = attempt_.config.timings.request;
  const Request set_family = set_ip_family(family);
  const Result<Reply> tagged =
      co_await attempt_.session.request(wds_slot(family), set_family, deadline, attempt_.cancel);
  if (!tagged) co_return failed(tagged.error());

  watch_.forget_news(family);
  attempt_.state.bearer(family, BearerState::Connecting);
  const Result<Reply> reply = co_await attempt_.session.start_network(
      family, attempt_.config.timings.start_network, attempt_.cancel);
  if (!reply) co_return failed(reply.error());
  const std::string what = fmt::format("start-network {}", family_name(family));
  if (reply->error != 0 && reply->error != protocol::kNoEffect) {
    const Result<StartedNetwork> answer = decode_start_network(reply->view());
    Error why =
        attempt_.error(protocol_error_class(reply->error), what, protocol_error_name(reply->error));
    if (answer && answer->end.known()) {
      const Explanation reason = explain(answer->end);
      why.failure = reason.failure;
      why.message += ", " + reason.text;
    }
    attempt_.state.bearer(family, BearerState::Disconnected, why);
    if (answer && only_family_refused(line, *answer)) {
      line.refused = true;
      co_return Status{};
    }
    put_off(line, why);
    co_return Status{};
  }

  line.started = true;
  const Status addressed = co_await read_settings(line);
  if (!addressed) {
    attempt_.state.bearer(family, BearerState::Disconnected, addressed.error());
    if (addressed.error().failure == FailureClass::Gone || attempt_.cancel.cancelled()) {
      co_return addressed;
    }
    line.started = false;
    co_await attempt_.session.stop_network(family, deadline, attempt_.cancel);
    put_off(line, addressed.error());
    co_return Status{};
  }
  co_return Status{};
}

Task<Status> Bearers::read_settings(Line& line) {
  const IpFamily family = line.family;
  watch_.settings_read(family);
  const Request request = get_current_settings(family);
  Result<Reply> reply = co_await attempt_.session.request(
      wds_slot(family), request, attempt_.config.timings.request, attempt_.cancel);
  reply = accepted(std::move(reply), attempt_.session.where(request.what));
  if (!reply) co_return failed(reply.error());
  Result<IpConfig> config = decode_current_settings(reply->view(), layer_);
  if (!config) co_return failed(config.error());
  (family == IpFamily::V4 ? config->v6 : config->v4).reset();
  if (!config->v4 && !config->v6) {
    co_return failed(attempt_.error(FailureClass::Transient, request.what,
                                    "the bearer is up but the network gave it no address"));
  }
  // It may have ended again while we asked.
  if (watch_.news(family).connection == Connection::Disconnected) {
    co_return failed(attempt_.error(FailureClass::Transient, request.what,
                                    "the bearer ended while its settings were read"));
  }
  attempt_.state.bearer(family, BearerState::Connected);
  attempt_.state.addressing(family, *config);
  line.backoff.working(Loop::now());
  co_return Status{};
}

// Causes 50 and 51 of 3GPP TS 24.301: the other family alone is granted, which is no trouble when
// the other one was asked for as well.
bool Bearers::only_family_refused(const Line& line, const StartedNetwork& answer) const {
  if (lines_.size() < 2 || answer.end.verbose_type != 6 || !answer.end.verbose_reason) return false;
  return *answer.end.verbose_reason == (line.family == IpFamily::V4 ? 51 : 50);
}

void Bearers::put_off(Line& line, const Error& why) {
  const Duration pause = line.backoff.failed(Loop::now(), why.failure);
  line.due = Loop::now() + pause;
  attempt_.tell(fact::Trouble{.error = why, .retry_in = pause});
}

}  // namespace mwan::qmi
