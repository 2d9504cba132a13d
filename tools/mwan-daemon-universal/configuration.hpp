// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's configuration: reading it, and what each part of the daemon takes of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "failover/config/configuration.hpp"
#include "failover/host/standalone.hpp"
#include "failover/metrics/publisher.hpp"

namespace mwan::daemon {

// Logs all that is wrong, then nothing or everything. said: what was logged of it; may be null.
std::optional<failover::Configuration> read_configuration(const std::string& directory,
                                                          std::vector<std::string>* said = nullptr);

// Whether a setting has changed that is looked at only when the daemon starts.
bool needs_restart(const failover::DaemonSettings& before, const failover::DaemonSettings& now);

failover::LeftFlows left_flows(const failover::DaemonSettings& settings);
failover::PublisherOptions publisher_options(const failover::DaemonSettings& settings);

}  // namespace mwan::daemon
