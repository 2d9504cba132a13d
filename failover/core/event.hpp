// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that goes into the engine.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "failover/core/manual.hpp"
#include "failover/core/state.hpp"
#include "hal/link_event.hpp"

namespace mwan::failover {

// The addressing that ApplyConfig asked for is in the kernel, or why not.
struct ConfigApplied {
  LinkId link;
  std::optional<Error> error;
  bool operator==(const ConfigApplied&) const = default;
};

// The answer to RunStep.
struct StepResult {
  Step step = Step::DetectPrimary;
  std::optional<Error> error;
  bool operator==(const StepResult&) const = default;
};

// The time Engine::deadline() named has come.
struct TimerFired {
  bool operator==(const TimerFired&) const = default;
};

// The daemon starts; the link that carried the traffic when the last run was killed, if one did,
// and what people had decided then.
struct Start {
  std::optional<LinkId> resume;
  double penalty = 0;  // Engine::penalty() then
  std::optional<Manual> manual;
  bool operator==(const Start&) const = default;
};

struct Observation {
  LinkId link;
  Fact fact;
  bool operator==(const Observation&) const = default;
};

using Event = std::variant<Start, Observation, ConfigApplied, StepResult, TimerFired, Command>;

}  // namespace mwan::failover
