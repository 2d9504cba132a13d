// SPDX-License-Identifier: LGPL-2.1-or-later
// Every fault that the field had to survive: data only. The table of docs/simulator.md and
// "mwan-sim --list-faults" are made of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "tools/mwan-sim/faults/fault.hpp"

namespace mwan::sim {

struct FaultInfo {
  Fault fault{};
  int number = 0;  // of the list of field faults; one number may have several kinds
  std::string_view name;
  bool qmi = false;  // exists in that protocol
  bool mbim = false;
  std::string_view where;  // modem, network, proxy, kernel
  // Words with their defaults, "times=5 time=1s"; of "what=a|b" the first is the default. Nothing
  // after the equals sign: no default. "for=" is taken by every fault that is played here.
  std::string_view args;
  // With what it ends besides "end-fault": "itself", "a reset", "a power cycle".
  std::string_view ends;
  std::string_view sentence;  // what a person sees
  std::string_view how;       // how the simulator plays it, or where it is played instead
  // Words with which --chaos plays it, besides a "for=" of its own; absent: it does not.
  std::optional<std::string_view> chaos;
  bool played_here = true;
};

// In the order of the enumerators.
std::span<const FaultInfo> fault_catalogue();
const FaultInfo& info_of(Fault fault);
const FaultInfo* find_fault(std::string_view name);

// For a terminal, one fault a paragraph; and for programs.
std::string fault_list_text();
nlohmann::ordered_json fault_list_json();
// The rows of the table in docs/simulator.md, heading included.
std::string fault_list_markdown();

}  // namespace mwan::sim
