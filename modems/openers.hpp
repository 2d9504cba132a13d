// SPDX-License-Identifier: LGPL-2.1-or-later
// Who else holds the control port of a modem open. Two managers on one port take each other's
// answers ("timed out 10 consecutive times"), and neither of them says why; the kernel knows
// (proc(5), /proc/PID/fd).
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"

namespace mwan {

struct Opener {
  pid_t pid = 0;
  std::string name;    // comm, cleaned of control characters: at most 15 bytes, any process may lie
  std::string exe;     // empty when it may not be read
  std::string advice;  // what to do about it

  bool operator==(const Opener&) const = default;
};

struct OpenersQuery {
  std::string device;  // "/dev/cdc-wdm0"
  // qmi-proxy and mbim-proxy share the port between their clients; not for one who opens directly.
  bool proxies_are_fine = true;
  pid_t self = 0;    // left out; 0: the calling process
  std::string root;  // stands before /proc, empty but for tests
};

struct Openers {
  std::vector<Opener> found;  // by pid
  // Without privileges the descriptors of others cannot be seen: nothing found proves nothing.
  bool complete = true;
};

// Transient when /proc cannot be read. Costs a stat(2) per open descriptor of the system: once per
// attempt that failed, not on a timer.
Result<Openers> find_openers(const OpenersQuery& query);

// "ModemManager (pid 812) has it open, too: stop it ...", one sentence each; empty for none.
std::string describe(const Openers& openers, const std::string& device);

}  // namespace mwan
