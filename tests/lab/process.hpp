// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs of the lab: started from an argument vector inside a namespace, never through a shell,
// and never outliving the lab.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::lab {

struct Command {
  std::vector<std::string> argv;  // argv[0]: a path, or a name looked up in PATH and /usr/sbin
  const NetNs* netns = nullptr;   // none = the lab's own
  std::filesystem::path out;      // standard output goes there; empty = nowhere
  std::filesystem::path err;      // the same for standard error; may be the same file
  [[nodiscard]] std::string text() const;
};

// NOTE Ownership: the program is killed when its Process is destroyed, and by the kernel when the
// thread that started it ends (PR_SET_PDEATHSIG): start programs from the main thread.
class Process {
 public:
  static Result<Process> start(const Command& command);

  Process() = default;  // none: it is not running, and there is nothing to stop
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running();
  void signal(int number) const;
  // The wait status (see waitpid(2)) once it has ended; nothing when the limit ran out.
  std::optional<int> wait(Duration limit);
  // SIGTERM, SIGKILL when the limit ran out. The wait status (0 for none).
  int stop(Duration limit);

  // "exit code 2", "killed by signal 9 (Killed)".
  [[nodiscard]] static std::string words(int wait_status);

 private:
  Process(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_ = -1;
  UniqueFd pidfd_;
  std::optional<int> status_;
};

// Runs a program to its end; its output, both streams, is the result. An exit code other than 0, or
// taking longer than the limit, is a failure that quotes the output. (An `ip` that takes a
// millisecond here takes seconds in the emulator on a busy host, while drivers are loaded there.)
Result<std::string> run(const NetNs* netns, const std::vector<std::string>& argv,
                        Duration limit = std::chrono::seconds(60));

// `ip ARGUMENTS` in the namespace; the arguments are separated by single blanks.
Status ip(const NetNs& netns, const std::string& arguments);

}  // namespace mwan::lab
