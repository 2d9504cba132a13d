// SPDX-License-Identifier: LGPL-2.1-or-later
// What a contender costs while both lines are well and nobody uses them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/time.hpp"
#include "tests/bench/failover/contender.hpp"

namespace mwan::bench {

struct Resources {
  Duration interval{};         // over which the rest was measured
  double resident_mb = 0;      // VmRSS, all processes that it is made of
  double proportional_mb = 0;  // Pss: pages that n processes share count 1/n
  double cpu_percent = 0;      // of one processor, with the children that ended
  double bytes_per_hour = 0;   // both lines, both directions, with Ethernet headers and ARP
  double packets_per_5_s = 0;  // that left through the first line: probes and what they need
  std::optional<std::string> problem;
};

Resources measure_resources(Who who, const Installed& installed, Duration interval);

// Both lines' counters from a text in the format of /proc/net/dev (proc(5)). Pure.
struct LineCounters {
  double bytes = 0;          // of both, both directions
  double first_packets = 0;  // sent through the first line
};
LineCounters read_counters(const std::string& text);

}  // namespace mwan::bench
