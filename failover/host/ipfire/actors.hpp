// SPDX-License-Identifier: LGPL-2.1-or-later
// IPFire's own processes that act on RED: connectd, the primary's dhcpcd and pppd. Found by what
// they run and in which network they do it, told from ours by who started them, and ended for
// certain.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"

namespace mwan::failover::ipfire {

enum class ActorKind {
  Connectd,  // a shell that runs init.d/connectd
  Dhcpcd,    // of one device, with its helpers
  Pppd,      // and what its scripts do when it ends (/etc/ppp/ip-down)
};

struct Actor {
  ActorKind kind = ActorKind::Connectd;
  pid_t pid = 0;
  std::uint64_t started = 0;  // clock ticks since the boot: with the number, nobody else
  std::string words;          // the command line as it is now, for the log
  bool operator==(const Actor&) const = default;
};

// What is known of a process; for the pure part.
struct SeenProcess {
  std::string program;            // file name of what it runs: "dhcpcd"
  std::vector<std::string> argv;  // untrusted
};
// Pure. device: whose dhcpcd; one that manages several, or all, counts.
bool is_actor(ActorKind kind, const SeenProcess& process, std::string_view device);

// Those in this network namespace that were not started by us: neither this process nor mwan-keeper
// is among their ancestors.
std::vector<Actor> find_actors(ActorKind kind, const std::string& device);

struct EndingPolicy {
  // Without SIGTERM: it would run its scripts, which take RED down.
  bool at_once = false;
  Duration grace{};    // between SIGTERM and SIGKILL
  Duration scripts{};  // that an ip-down which has begun may take before it is ended as well
};
// Ends what find_actors() finds, also what appears meanwhile; nothing is left when it succeeds.
// Transient when something is left after the limit. Returns how many were ended.
Task<Result<int>> end_actors(Loop& loop, ActorKind kind, std::string device, EndingPolicy policy);

}  // namespace mwan::failover::ipfire
