// SPDX-License-Identifier: LGPL-2.1-or-later
// IPFire's own scripts that the host runs: networking/red and firewall.
#pragma once

#include <functional>
#include <string>

#include "failover/host/ipfire/paths.hpp"
#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {

// `networking/red stop`: it ends the primary's clients and sets its device down. A bad exit is no
// failure: it says so also when there was nothing to stop.
Task<Status> stop_red(Loop& loop, Paths paths);
// `firewall up`: the rules of RED for what the state files say now.
Task<Status> load_firewall(Loop& loop, Paths paths);

// `networking/red start`, which may go on for minutes and must not be ended in the middle: it lives
// on when this is destroyed, and when the daemon ends.
class RedStart {
 public:
  RedStart() = default;
  RedStart(const RedStart&) = delete;
  RedStart& operator=(const RedStart&) = delete;

  // ended: called from the loop with its exit code, -1 when a signal ended it.
  Status begin(Loop& loop, const Paths& paths, std::function<void(int)> ended);

 private:
  pid_t pid_ = -1;
  UniqueFd process_;
  SourceHandle on_exit_;
};

// Tells of every file that appears in a folder, is written or removed.
class FolderWatch {
 public:
  FolderWatch() = default;
  // call: from the loop, once for several changes at a time.
  static Result<FolderWatch> open(Loop& loop, const std::string& folder,
                                  std::function<void()> call);

 private:
  UniqueFd events_;
  SourceHandle readable_;
};

}  // namespace mwan::failover::ipfire
