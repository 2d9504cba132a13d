// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a change of the configuration may be written: by the daemon's own reader, over the whole
// configuration as it would be.
#pragma once

#include <set>
#include <string>

#include "failover/config/load.hpp"

namespace mwan::config_tool {

struct ChangeVerdict {
  // What the change would break. Not empty: nothing is to be written.
  failover::ConfigErrors against;
  // What was wrong before and stays so: the change is not to blame, and may be one step of a
  // repair.
  failover::ConfigErrors still;
  failover::ConfigWarnings warnings;  // new ones
};

// lines: "PATH:LINE" that were written; what is wrong there counts against the change in any case.
ChangeVerdict judge(const std::string& directory, const failover::ChangedFiles& changes,
                    const std::set<std::string>& lines);

}  // namespace mwan::config_tool
