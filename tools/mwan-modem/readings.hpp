// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything that can be asked of a modem without changing anything.
#pragma once

#include <vector>

#include "modems/adapter.hpp"
#include "tools/mwan-modem/output/sections.hpp"

namespace mwan::tool {

struct Readings {
  Result<ModemIdentity> identity;
  Result<Sim> sim;
  Result<HomeNetwork> home;
  Result<std::vector<SimSlot>> slots;
  NetworkReadings network;
  Result<std::vector<SignalSample>> signal;
  std::vector<BearerReadings> bearers;
};

// One after the other; after a modem that is gone, or a cancellation, the rest is failures.
Task<Readings> read_all(ModemAdapter& modem, Loop& loop, Cancel cancel);
// A SIM that is starting is given some seconds.
Task<Result<Sim>> read_settled_sim(ModemAdapter& modem, Loop& loop, Cancel cancel);
Task<BearerReadings> read_bearer(ModemAdapter& modem, IpFamily family, Cancel cancel);

Sheet sheet_of(const Readings& readings, Show show);

}  // namespace mwan::tool
