// SPDX-License-Identifier: LGPL-2.1-or-later
// Processes that a run which was killed has left behind: found through a file, recognised for
// certain, and ended.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"

namespace mwan {

// Notes the leader of a process group: its number, and when it was started in which boot, by which
// it is told from whoever has the number later.
Status note_group(const std::filesystem::path& file, pid_t leader);

// What still runs of the group that the file names: the leader, and members that run program.
// Nobody else, whoever has the numbers now.
std::vector<pid_t> left_of_group(const std::filesystem::path& file,
                                 const std::filesystem::path& program);

// SIGTERM for the leader, which passes it on; SIGKILL for what is left after grace. Removes the
// file. True when there was something to end.
Task<bool> end_left_behind(Loop& loop, std::filesystem::path file, std::filesystem::path program,
                           Duration grace);

}  // namespace mwan
