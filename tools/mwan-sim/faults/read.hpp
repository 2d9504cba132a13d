// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults as they are written in scenarios and on the command line: "NAME [KEY=VALUE ...]".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/mwan-sim/faults/fault.hpp"
#include "tools/mwan-sim/scenario/words.hpp"

namespace mwan::sim {

// With the catalogue's defaults for what is not named. Refuses what cannot be played over a control
// socket and says where it is played.
Read<FaultOrder> read_fault(std::span<const std::string> words);
Read<FaultOrder> read_fault(std::string_view text);
// The name alone.
Read<Fault> read_fault_name(std::string_view name);

// The verbs "fault" and "end-fault", what stands after them.
Read<StepAction> read_begin_fault(std::span<const std::string> words);
Read<StepAction> read_end_fault(std::span<const std::string> words);

// "NAME [KEY=VALUE ...][@TIME]" of --fault: without a time the fault is there from the start, with
// one it begins then, counted from the start of the scenario's first part.
Read<void> add_fault(Scenario& scenario, std::string_view text);

// The same fault in a scenario's words, for timelines.
std::string fault_text(const FaultOrder& order);

}  // namespace mwan::sim
