// SPDX-License-Identifier: LGPL-2.1-or-later
// A program in the guest, started in a file system of its own: what it writes is gone with it. The
// devices, /sys, /proc and /run are the guest's, and so is the network.
#pragma once

#include <filesystem>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"
#include "tests/vm/protocol.hpp"

namespace mwan::vm {

struct Folders {
  std::filesystem::path source;
  std::filesystem::path build;
};

struct Started {
  pid_t pid = -1;  // leads a session of its own
  UniqueFd ends;   // what it writes; its terminal, when it has one: also what it reads
};

// For process 1 while it has one thread only: much is done between fork and exec. What goes wrong
// there is the program's first output, with exit code 127.
Result<Started> start(const Request& request, const Folders& folders);

}  // namespace mwan::vm
