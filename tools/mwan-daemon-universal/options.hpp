// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's command line.
#pragma once

#include <string>

namespace mwan::daemon {

struct Options {
  std::string config_dir;
  std::string state_dir;
  bool dry_run = false;
  bool background = false;
  std::string kill_at;  // for tests, on IPFire: a place of kill_points.hpp to be killed at
  bool check = false;   // read the configuration, say what is wrong with it, end
};

// What the program ends with. 105..109 are CLI11's own for a wrong command line.
enum ExitCode : int {
  Ended = 0,
  Failed = 1,  // something the daemon cannot do without went wrong while it ran
  BadConfiguration = 2,
  NotPossible = 3,  // already running, state directory unusable, not permitted
};

struct ParsedOptions {
  Options options;
  bool run = false;  // false: help, version or an error was printed; end with exit_code
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, char** argv);

}  // namespace mwan::daemon
