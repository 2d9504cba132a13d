// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-config's command line.
#pragma once

#include <cstddef>
#include <string>

namespace mwan::config_tool {

// What the program ends with. 105..109 are CLI11's own for a wrong command line.
enum ExitCode : int {
  Done = 0,
  Refused = 1,           // understood, and not possible as things are
  BadConfiguration = 2,  // of check
  NotRunning = 3,        // no daemon with this state directory, or it does not answer
  NotPermitted = 4,
  Failed = 5,
};

struct Options {
  enum class Command { Status, Failover, Failback, Pause, Resume, Maintenance, Why, Check };
  Command command = Command::Status;
  std::string config_dir;
  std::string state_dir;
  std::string link;
  bool on = false;        // maintenance
  bool json = false;      // status
  bool watch = false;     // status
  std::size_t count = 0;  // why
};

struct ParsedOptions {
  Options options;
  bool run = false;  // false: help, version or an error was printed; end with exit_code
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, char** argv);

}  // namespace mwan::config_tool
