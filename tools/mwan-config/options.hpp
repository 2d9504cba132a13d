// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-config's command line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mwan::config_tool {

// What the program ends with. 105..109 are CLI11's own for a wrong command line.
enum ExitCode : int {
  Done = 0,
  Refused = 1,           // understood, and not possible as things are; install-check: not ready
  BadConfiguration = 2,  // of check, and of what would have been written
  NotRunning = 3,        // no daemon with this state directory, or it does not answer
  NotPermitted = 4,
  Failed = 5,
};

struct Options {
  enum class Command {
    Status,
    Failover,
    Failback,
    Pause,
    Resume,
    Maintenance,
    Reload,
    Why,
    Log,
    Check,
    InstallCheck,
    Show,
    Get,
    Set,
    Unset,
    ProfileList,
    ProfileAdd,
    ProfileEdit,
    ProfileRemove,
    ProfileTest,
  };
  Command command = Command::Status;
  std::string config_dir;
  std::string state_dir;
  std::string link;       // also the profile that is shown, added, edited, removed or tested
  bool on = false;        // maintenance
  bool json = false;      // status
  bool watch = false;     // status
  std::size_t count = 0;  // why, log
  bool follow = false;    // log
  std::vector<std::string> words;   // get, set, unset: as written
  std::vector<std::string> sets;    // profile add, edit: KEY=VALUE
  std::vector<std::string> unsets;  // profile edit: KEY
  bool yes = false;                 // profile remove: without asking
  bool no_test = false;             // profile add
  int wait_s = 0;                   // profile test
};

struct ParsedOptions {
  Options options;
  bool run = false;  // false: help, version or an error was printed; end with exit_code
  int exit_code = 0;
};
ParsedOptions parse_options(int argc, char** argv);

// The commands of app, which write what was chosen into out; for tests as well.
void define_options(CLI::App& app, Options& out);

}  // namespace mwan::config_tool
