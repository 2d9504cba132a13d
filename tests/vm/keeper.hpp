// SPDX-License-Identifier: LGPL-2.1-or-later
// The process on the host that keeps a virtual machine running: starts the emulator, again when the
// guest starts anew or fails, and ends it when it is told to (SIGTERM), when its time is over, or
// when the program that it was started for is gone. The emulator never outlives it.
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "tests/vm/folder.hpp"

namespace mwan::vm {

struct KeeperPlan {
  std::filesystem::path kernel;  // folder with Debian's kernel package, unpacked
  std::filesystem::path source;  // of the project
  std::filesystem::path build;
  std::filesystem::path agent;      // the guest's first program
  std::filesystem::path initramfs;  // make_initramfs.sh
  Duration limit = std::chrono::hours(1);
  pid_t of = -1;  // ends with this process; -1: with nobody
};

// What is not there and has to be; empty when all is.
std::string missing(const KeeperPlan& plan);

// Makes what the emulator starts from. An error when that did not work.
Status prepare(const Folder& folder, const KeeperPlan& plan);

// Keeps the virtual machine until the end; the exit code. `started` is written to when the emulator
// runs, and closed.
int keep(const Folder& folder, const KeeperPlan& plan, int started);

}  // namespace mwan::vm
