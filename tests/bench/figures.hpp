// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel says a process costs, and percentiles.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace mwan::bench {

struct Cost {
  double resident_mb = 0;     // VmRSS, with the shared libraries it touches
  double anonymous_mb = 0;    // RssAnon: the part that is not a file
  double cpu_seconds = 0;     // user and system, since it was started
  unsigned long wakeups = 0;  // voluntary context switches: how often it slept and was woken
};
// Nothing when the process is gone.
std::optional<Cost> cost_of(pid_t pid);

// A file that is mapped, or "anonymous" for heap, stacks and the like.
struct Mapped {
  std::string name;      // without its folder
  long resident_kb = 0;  // also pages that other processes share
  long own_kb = 0;       // changed by this process
};
// The largest first.
std::vector<Mapped> mapped_by(pid_t pid);

// share from 0 to 1; 0 for no values.
double percentile(std::vector<double> values, double share);

}  // namespace mwan::bench
