// SPDX-License-Identifier: LGPL-2.1-or-later
// How long our daemon takes from hearing to acting: many times in one life of it.
//
//   carrier, unplug: from the kernel's first message that the device is not well to its message
//   that
//                    the default route has moved, both read by this program
//   registration:    from the simulated modem's loss to that message
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "tests/bench/failover/contender.hpp"

namespace mwan::bench {

// The rows that this can be asked of.
bool has_reaction(std::string_view row);

// Milliseconds, one for each run. Settings are the defaults but for FAILBACK_STABLE_S=1, so that
// the next run can begin.
Result<std::vector<double>> measure_reaction(std::string_view row, const Installed& installed,
                                             int runs);

}  // namespace mwan::bench
