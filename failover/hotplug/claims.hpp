// SPDX-License-Identifier: LGPL-2.1-or-later
// What the profiles of a configuration say about their devices.
#pragma once

#include <vector>

#include "failover/config/configuration.hpp"
#include "hal/discovery/assign.hpp"

namespace mwan::failover {

std::vector<DeviceClaim> claims_of(const Configuration& configuration);

}  // namespace mwan::failover
