// SPDX-License-Identifier: LGPL-2.1-or-later
// One measurement of one row with one contender.
#pragma once

#include <optional>
#include <string>

#include "hal/time.hpp"

namespace mwan::bench {

struct Measured {
  // From the cause to the kernel's message that moved the default route (or brought it back).
  std::optional<Duration> to_route;
  // The best default route's device was removed and the kernel itself took the one behind it.
  bool by_kernel = false;
  // Of the numbered packets that were sent: never arrived at the server.
  std::optional<std::size_t> lost;
  // With an application: the longest time without an answer, and from the moved route to the first
  // answer on a connection that was made after the cause.
  std::optional<Duration> longest_gap;
  std::optional<Duration> to_answer;
  // Not measured, and why.
  std::optional<std::string> problem;
};

}  // namespace mwan::bench
