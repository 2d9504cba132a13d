// SPDX-License-Identifier: LGPL-2.1-or-later
// Waiting for a process that is not a child of ours.
#pragma once

#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/time.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {

// Whether the process behind a pidfd, which outlives the task, has ended before the limit.
Task<bool> process_ended(Loop& loop, const UniqueFd& process, Instant limit);

}  // namespace mwan
