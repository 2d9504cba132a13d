// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/recovery/ladder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "modems/words.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t index(Rung rung) { return static_cast<std::size_t>(rung); }
constexpr std::size_t index(TroubleKind kind) { return static_cast<std::size_t>(kind); }

constexpr bool is_reset(Rung rung) { return rung >= Rung::ProtocolReset && rung < Rung::GiveUp; }

constexpr std::array<Rung, kRungs> kUpwards = {
    Rung::Retry,         Rung::ReconnectBearer, Rung::Reregister, Rung::RadioCycle,
    Rung::ProtocolReset, Rung::UsbReset,        Rung::PowerHook,  Rung::GiveUp};

// The least reset that quirks and means leave. One that is known to be the cure, but is not
// possible here, skips nothing.
Rung least_reset(const Remedies& remedies) {
  if (remedies.first_reset == FirstReset::Usb && remedies.usb_device) return Rung::UsbReset;
  if (remedies.first_reset == FirstReset::Power && remedies.power_hook) return Rung::PowerHook;
  return Rung::ProtocolReset;
}

bool possible(TroubleKind kind, Rung rung, const Remedies& remedies) {
  if (is_reset(rung) && rung < least_reset(remedies)) return false;
  switch (rung) {
    case Rung::ProtocolReset:
      // Where USB can be reset, that is the surer cure of a stuck transmit queue.
      return kind != TroubleKind::TransmitStuck || !remedies.usb_device;
    case Rung::UsbReset:
      return remedies.usb_device;
    case Rung::PowerHook:
      return remedies.power_hook && (kind != TroubleKind::Gone || remedies.device_seen);
    default:
      return true;
  }
}

std::string_view kind_in_words(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::Bearer:
      return "no data connection";
    case TroubleKind::NoNetwork:
      return "no network";
    case TroubleKind::Silent:
      return "the modem does not answer";
    case TroubleKind::Gone:
      return "the device is away";
    case TroubleKind::Setup:
      return "the modem refuses to be set up";
    case TroubleKind::TransmitStuck:
      return "the modem answers but sends no data";
    case TroubleKind::Sim:
      return "the SIM cannot be used";
  }
  return "";
}

std::string_view action_in_words(TroubleKind kind, Rung rung) {
  switch (rung) {
    case Rung::Retry:
      if (kind == TroubleKind::Gone) return "it is looked for again";
      if (kind == TroubleKind::NoNetwork) return "the modem goes on searching, looked at again";
      return "tried again";
    case Rung::ReconnectBearer:
      return "connected anew";
    case Rung::Reregister:
      return "registered anew";
    case Rung::RadioCycle:
      return "the radio is switched off and on";
    case Rung::ProtocolReset:
      return "the modem is asked to reset itself";
    case Rung::UsbReset:
      return "its USB device is reset";
    case Rung::PowerHook:
      return "its power is cycled by the configured program";
    case Rung::GiveUp:
      return "given up after everything that can be done from here; a command or a new setting "
             "starts over, otherwise it is tried once more";
  }
  return "";
}

}  // namespace

std::string_view name_of(Rung rung) {
  constexpr std::array<std::string_view, kRungs> kNames = {
      "retry",          "reconnect bearer", "re-register", "radio cycle",
      "protocol reset", "USB reset",        "power hook",  "give up"};
  return kNames[index(rung)];
}

std::array<DueTimes, kTroubleKinds> LadderPolicy::default_due() {
  constexpr auto kNever = std::nullopt;
  std::array<DueTimes, kTroubleKinds> due;
  // clang-format off
  //                          Retry   Reconnect Reregister Radio    Protocol Usb      Power   GiveUp
  due[index(TroubleKind::Bearer)]        = {0s, 0s,     45s,    2min,   6min,   12min,  20min,  45min};
  // Never given up: a car may stand in a garage for days.
  due[index(TroubleKind::NoNetwork)]     = {0s, kNever, 3min,   10min,  1h,     3h,     6h,     kNever};
  // The port is opened anew first: that cures a modem that restarted without leaving the bus.
  due[index(TroubleKind::Silent)]        = {0s, kNever, kNever, kNever, kNever, 30s,    3min,   45min};
  due[index(TroubleKind::Gone)]          = {0s, kNever, kNever, kNever, kNever, 1min,   2min,   45min};
  due[index(TroubleKind::Setup)]         = {0s, kNever, kNever, 2min,   6min,   12min,  20min,  45min};
  due[index(TroubleKind::TransmitStuck)] = {0s, kNever, kNever, 0s,     1min,   1min,   6min,   45min};
  // Some firmware finds a card only when it starts.
  due[index(TroubleKind::Sim)]           = {0s, kNever, kNever, kNever, 6min,   kNever, kNever, 45min};
  // clang-format on
  return due;
}

Ladder::Track Ladder::track_of(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::NoNetwork:
      return Track::NoNetwork;
    case TroubleKind::Gone:
      return Track::Gone;
    case TroubleKind::Sim:
      return Track::Sim;
    default:
      return Track::Sick;
  }
}

void Ladder::working(Instant now) {
  if (!working_since_) working_since_ = now;
}

void Ladder::forget() {
  climbs_ = {};
  attempt_ = 0;
  given_up_ = false;
  last_.reset();
  working_since_.reset();
  last_reset_.reset();
}

// The time since the last failure was trouble of that failure's kind, up to where it worked.
void Ladder::count_time(Instant now) {
  const std::optional<Instant> worked = std::exchange(working_since_, std::nullopt);
  if (worked && now - *worked >= policy_.pauses.stable) forget();
  if (last_ && last_->climbs) {
    const Instant until = worked ? std::min(now, *worked) : now;
    climb(last_->track).time += std::max(until - last_->at, Duration(0));
  }
}

std::optional<Duration> Ladder::due(TroubleKind kind, Rung rung, const Remedies& remedies) const {
  const DueTimes& times = policy_.due[index(kind)];
  std::optional<Duration> when = times[index(rung)];
  if (!when || !possible(kind, rung, remedies)) return std::nullopt;
  // The reset that takes the place of skipped ones takes their time, too.
  if (rung == least_reset(remedies)) {
    for (Rung skipped : {Rung::ProtocolReset, Rung::UsbReset}) {
      const auto& earlier = times[index(skipped)];
      if (skipped < rung && earlier) when = std::min(*when, *earlier);
    }
  }
  return when;
}

// The highest rung that is due; but of the resets none is passed over untried.
Rung Ladder::choose(TroubleKind kind, const Remedies& remedies) {
  const Climb& state = climb(track_of(kind));
  Rung chosen = Rung::Retry;
  for (const Rung rung : kUpwards) {
    const std::optional<Duration> when = due(kind, rung, remedies);
    if (!when || *when > state.time || rung < state.floor) continue;
    chosen = rung;
    if (is_reset(rung) && state.used[index(rung)] == 0) break;
  }
  const unsigned limit = policy_.repeats[index(chosen)];
  return limit != 0 && state.used[index(chosen)] >= limit ? Rung::Retry : chosen;
}

// Whether it is too early for this rung because of what was done before it.
bool Ladder::rests(TroubleKind kind, Rung rung, Instant when) const {
  // GiveUp rests, too: the last reset gets its time to show an effect.
  if (rung >= Rung::ProtocolReset && last_reset_ && when - *last_reset_ < policy_.reset_spacing) {
    return true;
  }
  return kind == TroubleKind::NoNetwork && rung >= Rung::RadioCycle && last_no_network_ &&
         when - *last_no_network_ < policy_.no_network_spacing;
}

Duration Ladder::step() {
  const auto& steps = policy_.pauses.steps;
  if (steps.empty()) return Duration(0);
  const Duration pause = steps[std::min(attempt_, steps.size() - 1)];
  attempt_ = std::min(attempt_ + 1, steps.size() - 1);
  return pause;
}

Duration Ladder::paced(Instant now, Duration pause) const {
  if (!last_attach_) return pause;
  return std::max(pause, *last_attach_ + policy_.pauses.throttled - now);
}

Verdict Ladder::failed(Instant now, Trouble trouble, const Remedies& remedies) {
  count_time(now);
  if (trouble.failure == FailureClass::Gone) trouble.kind = TroubleKind::Gone;
  const Track track = track_of(trouble.kind);
  const bool climbs =
      trouble.failure == FailureClass::Transient || trouble.failure == FailureClass::Gone;
  last_ = Last{now, track, climbs};
  given_up_ = false;
  const std::string_view kind = kind_in_words(trouble.kind);

  Duration pause = step();
  if (!climbs) {
    if (trouble.failure == FailureClass::Permanent)
      pause = std::max(pause, policy_.pauses.permanent);
    if (trouble.failure == FailureClass::Throttled)
      pause = std::max(pause, policy_.pauses.throttled);
    pause = paced(now, pause);
    const std::string_view why =
        trouble.failure == FailureClass::Permanent ? ", and trying again does not help by itself: "
        : trouble.failure == FailureClass::Throttled ? ", and a pause was asked for: "
                                                     : ": ";
    return {Rung::Retry, pause, fmt::format("{}{}tried again in {}", kind, why, in_words(pause))};
  }

  pause = paced(now, pause);
  Rung rung = choose(trouble.kind, remedies);
  if (rests(trouble.kind, rung, now + pause)) rung = Rung::Retry;
  Climb& state = climb(track);
  state.floor = std::max(state.floor, rung);
  ++state.used[index(rung)];
  if (rung == Rung::GiveUp) {
    given_up_ = true;
    pause = std::max(pause, policy_.slow_try);
  }
  if (is_reset(rung)) last_reset_ = now + pause;
  if (trouble.kind == TroubleKind::NoNetwork && rung >= Rung::RadioCycle) {
    last_no_network_ = now + pause;
  }
  return {rung, pause,
          fmt::format("{}{}: {} in {}", kind,
                      state.time > 0s ? " for " + in_words(state.time) : std::string(),
                      action_in_words(trouble.kind, rung), in_words(pause))};
}

}  // namespace mwan
