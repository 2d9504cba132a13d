// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that comes out of the engine: what it wants done, and what it decided and why.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "failover/core/manual.hpp"
#include "failover/core/state.hpp"
#include "hal/link_event.hpp"
#include "hal/link_level.hpp"

namespace mwan::failover {

// Start the link's driver, or take it to another level / stop it again (standby cold, or not needed
// any more).
struct PrepareLink {
  LinkId link;
  LinkLevel level = LinkLevel::Up;
  bool operator==(const PrepareLink&) const = default;
};
struct ReleaseLink {
  LinkId link;
  bool operator==(const ReleaseLink&) const = default;
};

// Put addressing into the kernel: address, own table, from-source rule. Answered by ConfigApplied.
struct ApplyConfig {
  LinkId link;
  IpConfig config;
  bool operator==(const ApplyConfig&) const = default;
};
struct WithdrawConfig {
  LinkId link;
  bool operator==(const WithdrawConfig&) const = default;
};

// The pace of a link's probes; zero stops them. The first round of a new pace starts at once.
struct SetProbing {
  LinkId link;
  Duration interval{};
  // An answer that takes longer counts as lost at once; should it come after all, as an answer.
  Duration limit{};
  // One target after the other, each once in interval, instead of all at the same time.
  bool in_turn = false;
  bool operator==(const SetProbing&) const = default;
};

// One round beside those.
struct ProbeNow {
  LinkId link;
  bool operator==(const ProbeNow&) const = default;
};

// Answered by StepResult with the same step.
struct RunStep {
  Step step = Step::DetectPrimary;
  std::optional<LinkId> from;  // the link that is left
  std::optional<LinkId> to;    // the link that takes over
  bool operator==(const RunStep&) const = default;
};

// The default route of one family is by this link from now on, whichever has that of the other; by:
// nothing, there is none. Holds also through ActivateLink, until the link that carries the others
// is named.
struct RouteFamily {
  IpFamily family = IpFamily::V6;
  std::optional<LinkId> by;
  std::string reason;
  bool operator==(const RouteFamily&) const = default;
};

// For the log and the people who read it.
struct StateChange {
  State from = State::Initializing;
  State to = State::Initializing;
  Trigger on = Trigger::Started;
  std::string reason;
  bool operator==(const StateChange&) const = default;
};
// Ready: kept short of a connection on purpose, all else in order. It carries nothing as it is.
enum class LinkVerdict { Down, Ready, Unproven, Suspect, Good };
struct VerdictChange {
  LinkId link;
  LinkVerdict verdict = LinkVerdict::Down;
  std::string reason;
  bool operator==(const VerdictChange&) const = default;
};

// To whoever gave the Command. Refused: nothing has changed.
struct CommandAnswer {
  bool accepted = false;
  std::string words;
  bool operator==(const CommandAnswer&) const = default;
};
// What is in force of people's decisions is this from now on; to be kept for the next run.
struct ManualChange {
  Manual manual;
  std::string reason;
  bool operator==(const ManualChange&) const = default;
};

using Action =
    std::variant<PrepareLink, ReleaseLink, ApplyConfig, WithdrawConfig, SetProbing, RunStep,
                 RouteFamily, StateChange, VerdictChange, ProbeNow, CommandAnswer, ManualChange>;

}  // namespace mwan::failover
