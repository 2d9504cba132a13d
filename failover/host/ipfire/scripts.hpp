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

// Masquerades what leaves by a device, beside the rules of the firewall's own, while these are for
// another device: a connection that begins meanwhile would be known to conntrack without its
// translation, and stay so for as long as it talks. In CUSTOMPOSTROUTING, which `firewall up`
// leaves alone. on: again is no harm; off: also what a run that was killed had left.
Task<Status> bridge_nat(Loop& loop, std::string netdev, bool on);

// `networking/red start`, which may go on for minutes: it lives on when this is destroyed, and when
// the daemon ends.
class RedStart {
 public:
  RedStart() = default;
  RedStart(const RedStart&) = delete;
  RedStart& operator=(const RedStart&) = delete;

  // ended: called from the loop with its exit code, -1 when a signal ended it. One that still runs
  // since the last call is ended first.
  Status begin(Loop& loop, const Paths& paths, std::function<void(int)> ended);
  [[nodiscard]] bool running() const { return pid_ > 0; }
  void on_end(std::function<void(int)> ended) { ended_ = std::move(ended); }
  // Its end is of no interest any more.
  void forget() { ended_ = nullptr; }
  // Ends the script and what runs in its session.
  void cancel();

 private:
  pid_t pid_ = -1;  // while it runs
  UniqueFd process_;
  SourceHandle on_exit_;
  std::function<void(int)> ended_;
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
