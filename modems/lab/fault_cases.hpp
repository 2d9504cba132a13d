// SPDX-License-Identifier: LGPL-2.1-or-later
// The faults of the field, as the driver meets them: what is played, and what it must say and do.
// docs/faults.md is made from these and from what happened.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "modems/modem_config.hpp"

namespace mwan::modem {

struct FaultCase {
  int number = 0;      // of the list of field faults
  std::string name;    // of the simulator's fault; a second word after a blank tells variants apart
  std::string header;  // settings of the scenario
  std::string first;   // happens from the beginning
  std::string later;   // happens while data flows; empty: the fault is there from the beginning
  std::string cure;    // what ends it, where it does not end by itself or by what the driver does
  std::string says;    // what the driver reports, at least
  bool returns = true;  // whether data flows at the end
  bool qmi = true;
  bool mbim = true;
  std::function<void(ModemConfig&)> tune;  // may be empty
};

std::span<const FaultCase> fault_cases();

}  // namespace mwan::modem
