// SPDX-License-Identifier: LGPL-2.1-or-later
// What the runtime keeps of a link; for its own sources.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "failover/run/runtime.hpp"

namespace mwan::failover {

// A link of the configuration that is in force, or of an earlier one while it is being stopped.
struct Runtime::Link {
  Link(Profile p, std::uint16_t slot_number)
      : profile(std::move(p)), slot{slot_number, profile.name} {}

  Profile profile;
  PlumbingSlot slot;
  LinkFacts facts;
  std::string netdev;
  std::optional<IpConfig> config;  // in the kernel
  std::unique_ptr<PacedProber> prober;
  std::unique_ptr<TrafficWatch> traffic;
  std::optional<fact::Flow> flow;  // as it said last
  Instant since{};                 // of the last verdict
  bool wanted = false;  // a driver should run; it may have to wait for the last one to stop
  LinkLevel level = LinkLevel::Up;
  std::unique_ptr<LinkDriver> driver;
  Job job;  // stopping the driver
};

}  // namespace mwan::failover
