// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel says of processes, whosever they are (proc_pid_stat(5)), and hold of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "hal/unique_fd.hpp"

namespace mwan {

struct ProcessStat {
  char state = '?';  // 'Z': it has ended, and nobody has asked how
  pid_t parent = 0;
  pid_t group = 0;
  std::uint64_t started = 0;  // clock ticks since the boot
  bool operator==(const ProcessStat&) const = default;
};

// Of the line in /proc/PID/stat.
std::optional<ProcessStat> parse_process_stat(std::string_view line);
// Nothing when there is no such process.
std::optional<ProcessStat> process_stat(pid_t pid);

// Those there are at the moment.
std::vector<pid_t> process_ids();

// Keeps meaning this process when its number has gone to another; readable once it has ended.
// Empty, with errno, when there is none.
UniqueFd open_process(pid_t pid);

}  // namespace mwan
