// SPDX-License-Identifier: LGPL-2.1-or-later
// Who acts on RED: a process and its ancestors, put into the words of those that IPFire lets do so:
// connectd, dhcpcd, pppd, connscheduler, the web UI's redctrl, setup, init, and a person. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace mwan::failover::ipfire {

// As /proc shows it. All texts are the process's own: untrusted. Whoever reads them bounds them.
struct ProcessView {
  pid_t pid = 0;
  std::string exe;                // what /proc/PID/exe points to; empty when it cannot be read
  std::vector<std::string> argv;  // of a kernel thread, or one that has ended, empty
  std::string name;               // what is left of one that has ended: 15 bytes
  bool terminal = false;          // has a controlling terminal
  bool operator==(const ProcessView&) const = default;
};

// The process itself, its parent, and so on.
using Ancestry = std::vector<ProcessView>;

enum class Who {
  Ourselves,
  Boot,    // init's rc: the system starts or shuts down
  Person,  // somebody at a terminal, or through ssh
  WebUi,
  Setup,
  Scheduler,  // connscheduler
  Connectd,
  Dhcpcd,
  Pppd,  // and its ip-up and ip-down
  Unknown
};
std::string_view word(Who who);

// What it is about to do to RED.
enum class Act {
  None,
  StartRed,
  StopRed,
  RestartRed,
  Connect,   // connectd
  Lease,     // dhcpcd
  Dial,      // pppd, and its ip-up and ip-down
  Firewall,  // IPFire's scripts, iptables itself
  Route
};
std::string_view word(Act act);

struct Doer {
  Who who = Who::Unknown;
  Act act = Act::None;     // of the process itself
  Act within = Act::None;  // the weightiest of itself and its ancestors
  pid_t pid = 0;
  pid_t culprit = 0;  // the oldest of them that does something to RED; else the process
  std::string words;  // "network stop red (process 12) by connectd (process 7)", fit to be shown
  bool operator==(const Doer&) const = default;
};

// What these arguments are about to do; reads "/bin/bash SCRIPT ARGUMENTS" as SCRIPT.
Act act_of(const std::vector<std::string>& argv);

// red: the primary's device; a dhcpcd that does not name it leases for another network. Empty: all
// of them count.
Doer doer_of(const Ancestry& ancestry, pid_t ourselves, std::string_view red);

// Somebody's will, not the machinery's: it is respected. Init's, for the system may be on its way
// down. A schedule was set by a person too, but before there was a backup: it is machinery.
bool deliberate(const Doer& doer);

// At most so many bytes of printable ASCII; everything else, and quotes, become '?'.
std::string shown(std::string_view text, std::size_t most = 64);

}  // namespace mwan::failover::ipfire
