// SPDX-License-Identifier: LGPL-2.1-or-later
// Several of iproute2's commands, each in a namespace, until one fails.
#pragma once

#include <string>
#include <vector>

#include "tests/lab/process.hpp"

namespace mwan::lab {

struct IpStep {
  const NetNs* where;
  std::string arguments;  // of "ip"
};

inline Status play(const std::vector<IpStep>& steps) {
  for (const IpStep& step : steps) {
    if (auto done = ip(*step.where, step.arguments); !done) return done;
  }
  return {};
}

}  // namespace mwan::lab
