// SPDX-License-Identifier: LGPL-2.1-or-later
// The states of the failover machine and its transitions, as data. The names are those of the
// architecture document; the table is the only place that says what may follow what.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace mwan::failover {

enum class State {
  Initializing,
  DetectingPrimary,
  BackupingSettings,
  MonitoringPrimary,
  TestingPrimary,
  InitiatingFailover,
  StoppingServices,
  ConfiguringBackup,
  UpdatingState,
  StartingInterferencePrevention,
  MonitoringBackup,
  TestingPrimaryParallel,
  InitiatingFailback,
  StoppingInterferencePrevention,
  RestoringPrimary,
  StartingServices,
};
inline constexpr int state_count = static_cast<int>(State::StartingServices) + 1;

// What makes the machine leave a state.
enum class Trigger {
  Started,            // the daemon runs
  Begin,              // a sequence starts with its first step
  StepDone,           // the host step of this state ended (also: failed, where that is not fatal)
  StepFailed,         // the route could not be moved
  Resumed,            // the last run was ended by force while a backup carried the traffic
  Suspicion,          // evidence against the primary: lost probe, radio at risk, dead but no target
  Healthy,            // the primary is well (again)
  PrimaryFailed,      // the primary is dead or about to be, and a backup can carry traffic
  PrimaryPromising,   // the primary answers again while a backup carries the traffic
  PrimaryStillDown,   // it stopped doing so
  PrimaryRecovered,   // it did so for the whole stability time, or the backup died meanwhile
  BackupFailed,       // the active backup is dead or about to be, and another backup is better
  BetterBackup,       // a backup of higher priority has been well for the whole stability time
  Abandoned,          // no target is left; the primary is put back
  AbandonedOnBackup,  // no target is left; the active backup stays
  ManualFailover,     // a person chose another link
  ManualFailback,     // a person chose the primary, or to let the engine return to it
};

// The work that the host (standalone, IPFire) does in a state, as one request with one answer.
enum class Step {
  DetectPrimary,
  BackupPrimary,
  StopServices,
  ActivateLink,  // move the default route: the moment that counts
  UpdateState,   // NAT, conntrack of the link that was left, host state files, our state files
  StartInterferencePrevention,
  StopInterferencePrevention,
  StartServices,
};

struct Transition {
  State from;
  Trigger on;
  State to;
};

std::span<const Transition> transitions();
// Where trigger leads from a state; nothing = not allowed there.
std::optional<State> next(State from, Trigger on);
// The step that a state performs; nothing for the states that only watch.
std::optional<Step> step_of(State state);

std::string_view name(State state);
std::string_view name(Trigger trigger);
std::string_view name(Step step);
std::optional<State> state_named(std::string_view text);
std::optional<Trigger> trigger_named(std::string_view text);
std::optional<Step> step_named(std::string_view text);

}  // namespace mwan::failover
