// SPDX-License-Identifier: LGPL-2.1-or-later
// What to do about a modem link that fails, more drastic the longer the trouble lasts. It climbs by
// time, not by count: identical modems were seen to need seconds or 50 minutes, and an attempt
// takes anything from a millisecond to three minutes. Pure: whoever uses it says what time it is,
// waits the pause of a verdict, carries its rung out, and tries again.
//
// One trouble lasts until the link has worked for BackoffPolicy::stable; a shorter success is not
// counted as trouble, and the ladder resumes where it was. Time in a tunnel, without a device or
// without a SIM is counted apart from time with a modem that is sick: the one does not make the
// other climb. Within one trouble the measures never go down; between measures that have been
// used up, or were used just now, there is only Retry.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "modems/backoff.hpp"
#include "modems/quirks.hpp"

namespace mwan {

enum class Rung {
  Retry,            // whatever failed, again: a step, opening the port, waiting for the device
  ReconnectBearer,  // disconnect, connect
  Reregister,       // detach, choose a network, attach
  RadioCycle,       // radio off and on
  ProtocolReset,    // a reset that the modem is asked for
  UsbReset,         // modems/recovery/usb_reset.hpp
  PowerHook,        // modems/recovery/power_hook.hpp
  GiveUp,           // say so, and try once more in an hour, every hour
};
inline constexpr std::size_t kRungs = 8;
std::string_view name_of(Rung rung);  // "radio cycle"

enum class TroubleKind {
  Bearer,         // refused or lost
  NoNetwork,      // no coverage, or no registration
  Silent,         // the modem hangs: requests are not answered
  Gone,           // the device is away
  Setup,          // a step of the bring-up was refused
  TransmitStuck,  // control works, nothing is sent (modems/stuck_transmit.hpp)
  Sim,            // absent, faulty, locked
};
inline constexpr std::size_t kTroubleKinds = 7;

// FailureClass::Gone counts as TroubleKind::Gone. Permanent, Throttled and Cancelled never climb,
// whatever the kind.
struct Trouble {
  FailureClass failure = FailureClass::Transient;
  TroubleKind kind = TroubleKind::Bearer;
};

// How long the trouble must have lasted for each rung; absent: no remedy for this kind.
using DueTimes = std::array<std::optional<Duration>, kRungs>;

struct LadderPolicy {
  static std::array<DueTimes, kTroubleKinds> default_due();

  std::array<DueTimes, kTroubleKinds> due = default_due();
  // How often in one trouble; 0 is as often as it fails. Then Retry, until the next rung is due.
  std::array<unsigned, kRungs> repeats = {0, 0, 3, 2, 2, 2, 3, 0};
  // steps: between attempts. permanent: at least, where trying again does not help by itself.
  // throttled: at least after a refusal that asks for a pause, and between the beginnings of any
  // two attach attempts. stable: see above.
  BackoffPolicy pauses;
  // What a reset is given to show its effect before the next one.
  Duration reset_spacing = std::chrono::minutes(2);
  // Between measures from RadioCycle upwards while there is just no network: a modem in a tunnel
  // must not be busy with resets when the tunnel ends.
  Duration no_network_spacing = std::chrono::hours(1);
  Duration slow_try = std::chrono::hours(1);  // after GiveUp
};

// What can be done where this modem is. Asked for anew at every failure.
struct Remedies {
  bool usb_device = false;   // sysfs knows the USB device, now
  bool power_hook = false;   // one is configured
  bool device_seen = false;  // the device was there since we started: it is not just expected
  FirstReset first_reset = FirstReset::Protocol;  // Quirks::first_reset: lesser ones are skipped
};

struct Verdict {
  Rung rung = Rung::Retry;
  Duration pause{};         // before rung is carried out
  std::string explanation;  // for people: what the trouble is, what is done about it, and when
};

class Ladder {
 public:
  explicit Ladder(LadderPolicy policy) : policy_(std::move(policy)) {}

  // An attempt to attach or to start a bearer begins. Every one must be told, also the first:
  // the pace is kept from these.
  void attaching(Instant now) { last_attach_ = now; }
  // The link works since now.
  void working(Instant now);
  // It failed (again).
  [[nodiscard]] Verdict failed(Instant now, Trouble trouble, const Remedies& remedies);
  // Somebody did something about it: a command, a setting, another SIM, the device plugged in by
  // hand (not its return from a reset). Forgets all but the pace.
  void forget();
  // The last verdict was GiveUp, and nothing happened since.
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  // What is counted apart.
  enum class Track { Sick, NoNetwork, Gone, Sim };
  struct Climb {
    Duration time{};  // in trouble
    Rung floor = Rung::Retry;
    std::array<unsigned, kRungs> used{};
  };
  struct Last {
    Instant at;
    Track track;
    bool climbs;
  };
  static Track track_of(TroubleKind kind);
  [[nodiscard]] Climb& climb(Track track) { return climbs_[static_cast<std::size_t>(track)]; }
  void count_time(Instant now);
  [[nodiscard]] std::optional<Duration> due(TroubleKind kind, Rung rung,
                                            const Remedies& remedies) const;
  [[nodiscard]] Rung choose(TroubleKind kind, const Remedies& remedies);
  [[nodiscard]] bool rests(TroubleKind kind, Rung rung, Instant when) const;
  [[nodiscard]] Duration step();
  [[nodiscard]] Duration paced(Instant now, Duration pause) const;

  LadderPolicy policy_;
  std::array<Climb, 4> climbs_{};
  std::size_t attempt_ = 0;
  bool given_up_ = false;
  std::optional<Last> last_;
  std::optional<Instant> working_since_;
  std::optional<Instant> last_attach_;
  std::optional<Instant> last_reset_;       // when it was, or will be, carried out
  std::optional<Instant> last_no_network_;  // the last measure against no network, likewise
};

}  // namespace mwan
