// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/state.hpp"

#include <algorithm>
#include <array>

namespace mwan::failover {
namespace {

using enum State;

constexpr std::array table = {
    Transition{Initializing, Trigger::Started, DetectingPrimary},
    Transition{DetectingPrimary, Trigger::StepDone, BackupingSettings},
    Transition{BackupingSettings, Trigger::StepDone, MonitoringPrimary},
    Transition{BackupingSettings, Trigger::Resumed, MonitoringBackup},

    Transition{MonitoringPrimary, Trigger::Suspicion, TestingPrimary},
    Transition{MonitoringPrimary, Trigger::PrimaryFailed, InitiatingFailover},
    Transition{TestingPrimary, Trigger::Healthy, MonitoringPrimary},
    Transition{TestingPrimary, Trigger::PrimaryFailed, InitiatingFailover},
    Transition{MonitoringPrimary, Trigger::ManualFailover, InitiatingFailover},
    Transition{TestingPrimary, Trigger::ManualFailover, InitiatingFailover},

    Transition{InitiatingFailover, Trigger::Begin, StoppingServices},
    Transition{InitiatingFailover, Trigger::Abandoned, RestoringPrimary},
    Transition{InitiatingFailover, Trigger::AbandonedOnBackup, MonitoringBackup},
    Transition{StoppingServices, Trigger::StepDone, ConfiguringBackup},
    Transition{ConfiguringBackup, Trigger::StepDone, UpdatingState},
    Transition{ConfiguringBackup, Trigger::StepFailed, InitiatingFailover},
    Transition{UpdatingState, Trigger::StepDone, StartingInterferencePrevention},
    Transition{StartingInterferencePrevention, Trigger::StepDone, MonitoringBackup},

    Transition{MonitoringBackup, Trigger::PrimaryPromising, TestingPrimaryParallel},
    Transition{MonitoringBackup, Trigger::PrimaryRecovered, InitiatingFailback},
    Transition{MonitoringBackup, Trigger::BackupFailed, InitiatingFailover},
    Transition{MonitoringBackup, Trigger::BetterBackup, InitiatingFailover},
    Transition{TestingPrimaryParallel, Trigger::PrimaryStillDown, MonitoringBackup},
    Transition{TestingPrimaryParallel, Trigger::PrimaryRecovered, InitiatingFailback},
    Transition{TestingPrimaryParallel, Trigger::BackupFailed, InitiatingFailover},
    Transition{MonitoringBackup, Trigger::ManualFailover, InitiatingFailover},
    Transition{MonitoringBackup, Trigger::ManualFailback, InitiatingFailback},
    Transition{TestingPrimaryParallel, Trigger::ManualFailover, InitiatingFailover},
    Transition{TestingPrimaryParallel, Trigger::ManualFailback, InitiatingFailback},

    Transition{InitiatingFailback, Trigger::Begin, StoppingInterferencePrevention},
    Transition{StoppingInterferencePrevention, Trigger::StepDone, RestoringPrimary},
    Transition{RestoringPrimary, Trigger::StepDone, StartingServices},
    Transition{RestoringPrimary, Trigger::StepFailed, StartingServices},
    Transition{StartingServices, Trigger::StepDone, MonitoringPrimary},
    Transition{StartingServices, Trigger::AbandonedOnBackup, MonitoringBackup},
};

struct StepOf {
  State state;
  Step step;
};
constexpr std::array steps = {
    StepOf{DetectingPrimary, Step::DetectPrimary},
    StepOf{BackupingSettings, Step::BackupPrimary},
    StepOf{StoppingServices, Step::StopServices},
    StepOf{ConfiguringBackup, Step::ActivateLink},
    StepOf{UpdatingState, Step::UpdateState},
    StepOf{StartingInterferencePrevention, Step::StartInterferencePrevention},
    StepOf{StoppingInterferencePrevention, Step::StopInterferencePrevention},
    StepOf{RestoringPrimary, Step::ActivateLink},
    StepOf{StartingServices, Step::StartServices},
};

constexpr std::array<std::string_view, state_count> state_names = {
    "Initializing",       "DetectingPrimary",
    "BackupingSettings",  "MonitoringPrimary",
    "TestingPrimary",     "InitiatingFailover",
    "StoppingServices",   "ConfiguringBackup",
    "UpdatingState",      "StartingInterferencePrevention",
    "MonitoringBackup",   "TestingPrimaryParallel",
    "InitiatingFailback", "StoppingInterferencePrevention",
    "RestoringPrimary",   "StartingServices",
};
constexpr std::array<std::string_view, 17> trigger_names = {
    "Started",          "Begin",          "StepDone",      "StepFailed",       "Resumed",
    "Suspicion",        "Healthy",        "PrimaryFailed", "PrimaryPromising", "PrimaryStillDown",
    "PrimaryRecovered", "BackupFailed",   "BetterBackup",  "Abandoned",        "AbandonedOnBackup",
    "ManualFailover",   "ManualFailback",
};
constexpr std::array<std::string_view, 8> step_names = {
    "DetectPrimary",
    "BackupPrimary",
    "StopServices",
    "ActivateLink",
    "UpdateState",
    "StartInterferencePrevention",
    "StopInterferencePrevention",
    "StartServices",
};
static_assert(trigger_names.size() == static_cast<std::size_t>(Trigger::ManualFailback) + 1);
static_assert(step_names.size() == static_cast<std::size_t>(Step::StartServices) + 1);

template <class E, std::size_t N>
std::optional<E> named(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto at = std::ranges::find(names, text);
  if (at == names.end()) return std::nullopt;
  return static_cast<E>(at - names.begin());
}

}  // namespace

std::span<const Transition> transitions() { return table; }

std::optional<State> next(State from, Trigger on) {
  const auto at = std::ranges::find_if(
      table, [&](const Transition& t) { return t.from == from && t.on == on; });
  if (at == table.end()) return std::nullopt;
  return at->to;
}

std::optional<Step> step_of(State state) {
  const auto at = std::ranges::find(steps, state, &StepOf::state);
  if (at == steps.end()) return std::nullopt;
  return at->step;
}

std::string_view name(State state) { return state_names.at(static_cast<std::size_t>(state)); }
std::string_view name(Trigger trigger) {
  return trigger_names.at(static_cast<std::size_t>(trigger));
}
std::string_view name(Step step) { return step_names.at(static_cast<std::size_t>(step)); }
std::optional<State> state_named(std::string_view text) { return named<State>(state_names, text); }
std::optional<Trigger> trigger_named(std::string_view text) {
  return named<Trigger>(trigger_names, text);
}
std::optional<Step> step_named(std::string_view text) { return named<Step>(step_names, text); }

}  // namespace mwan::failover
