// SPDX-License-Identifier: LGPL-2.1-or-later
// A scenario: what the modem is, and what happens to it when. docs/simulator.md describes the file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "failover/record/trace.hpp"
#include "hal/error.hpp"
#include "hal/registration.hpp"
#include "tools/mwan-sim/faults/fault.hpp"
#include "tools/mwan-sim/mbim/protocol.hpp"
#include "tools/mwan-sim/modem/bearers.hpp"
#include "tools/mwan-sim/modem/radio.hpp"
#include "tools/mwan-sim/modem/settings.hpp"
#include "tools/mwan-sim/qmi/protocol.hpp"

namespace mwan::sim {

// A message of either protocol.
using MessageRef = std::variant<qmi::MessageRef, mbim::MessageRef>;

// What the modem is spoken to with.
struct Protocols {
  bool qmi = true;
  bool mbim = false;
};

namespace step {

// The values a signal or cell step names; those it does not name stay.
struct Levels {
  std::optional<double> rssi_dbm;
  std::optional<double> rsrp_dbm;
  std::optional<double> rsrq_db;
  std::optional<double> sinr_db;
  bool operator==(const Levels&) const = default;
};

struct Signal {
  Tech tech = Tech::Lte;
  Levels levels;
};
struct UseRat {
  Rat rat = Rat::Lte;
};
// Replaces the serving cell's identity (where given) and the whole list of neighbours.
struct Cells {
  std::optional<ServingCell> serving;
  std::vector<NeighbourCell> neighbours;
};
// One neighbour's levels; it is added when there is none with that PCI.
struct Neighbour {
  std::uint16_t pci = 0;
  Levels levels;
};
struct Coverage {
  RegistrationState answer = RegistrationState::Home;
  std::optional<std::uint16_t> cause;
};
struct PacketServiceOffer {
  bool attach = true;
};
struct DropBearer {
  std::optional<IpFamily> family;  // absent: both
  std::uint16_t cause = 36;        // regular deactivation
};
struct RefuseConnect {
  std::optional<std::uint16_t> cause;  // absent: accept again
};
struct Renumber {
  IpFamily family = IpFamily::V4;
  AddressPlan plan;
};
struct SimCard {
  bool present = true;
};
struct Hang {
  std::optional<MessageRef> on;  // absent: everything
};
struct Resume {};
struct FailOn {
  MessageRef on;
  std::uint16_t error = 0;
  unsigned times = 0;
};
struct DieOn {
  MessageRef on;
};
struct Die {};
struct Unplug {};
struct Plug {};
struct BeginFault {
  FaultOrder order;
};
struct EndFault {
  Fault fault{};
};
struct Replay {
  std::string file;  // as written; load_scenario takes it from the scenario's folder
  std::shared_ptr<const failover::Trace> trace;  // of load_scenario
};
struct Repeat {};  // the part starts over
struct Mark {};    // says something in the timeline, does nothing

}  // namespace step

using StepAction =
    std::variant<step::Signal, step::UseRat, step::Cells, step::Neighbour, step::Coverage,
                 step::PacketServiceOffer, step::DropBearer, step::RefuseConnect, step::Renumber,
                 step::SimCard, step::Hang, step::Resume, step::FailOn, step::DieOn, step::Die,
                 step::Unplug, step::Plug, step::BeginFault, step::EndFault, step::Replay,
                 step::Repeat, step::Mark>;

struct Step {
  Duration at{0};
  Duration until{0};  // later than at for a ramp
  StepAction action;
  // For a ramp, what it ends with; action holds the values it starts from.
  std::optional<StepAction> ramp_end;
  std::string text;  // as written, for the timeline
  std::size_t line = 0;
};

// How packets travel.
struct PathSettings {
  Duration delay = std::chrono::milliseconds(25);  // one way
  Duration jitter{0};                              // up to this much more, at random
  std::uint64_t seed = 1;
};

struct Scenario {
  ModemSettings modem;
  Protocols protocols;
  PathSettings path;
  Duration reply_latency = std::chrono::milliseconds(2);
  Duration ramp_tick = std::chrono::milliseconds(100);
  bool start_by_signal = false;
  std::optional<std::uint64_t> chaos;  // seed of random faults
  std::vector<StepAction> initial;
  // Each part's times count from its own start: the first one's at once or at the first signal,
  // each further one's at the next signal.
  std::vector<std::vector<Step>> parts;
};

// name is for messages: "FILE:12: unknown key ...".
Result<Scenario> parse_scenario(std::string_view text, const std::string& name);
// Also reads the recordings that the scenario plays.
Result<Scenario> load_scenario(const std::string& path);

}  // namespace mwan::sim
