// SPDX-License-Identifier: LGPL-2.1-or-later
// For start scripts that wait for the program to return (--background): it returns when the daemon
// runs, or could not be started.
#pragma once

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::daemon {

// In the daemon's process, made by become_daemon().
class Starter {
 public:
  explicit Starter(UniqueFd pipe) : pipe_(std::move(pipe)) {}
  // Lets the first process return 0. Standard input, output and error go to /dev/null from now on.
  void ready();

 private:
  UniqueFd pipe_;
};

// Goes on in a process of its own session; the first process waits for Starter::ready(), and ends
// with 0, or with the exit code of a daemon that ended before. Before there are threads.
Result<Starter> become_daemon();

}  // namespace mwan::daemon
