// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a program to its end beside the loop: from an argument vector, never through a shell, with
// standard input from /dev/null, nothing else inherited, in a process group of its own, and never
// for longer than its limit.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan {

struct Program {
  std::vector<std::string> argv;  // argv[0]: an absolute path. No secrets: everybody can read them
  std::vector<std::string> environment;  // "NAME=value", over our own. No secrets either
  Duration limit = std::chrono::seconds(60);
  Duration grace = std::chrono::seconds(3);  // between SIGTERM and SIGKILL
  std::size_t output_limit = 16384;          // what goes beyond is read and dropped
};

struct ProgramResult {
  int exit_code = 0;   // meaningful when signal is 0
  int signal = 0;      // that ended it by itself
  std::string output;  // standard output and standard error as they came; untrusted bytes
  bool cut = false;    // there was more output
  [[nodiscard]] bool succeeded() const { return signal == 0 && exit_code == 0; }
  // "exit code 2", "killed by signal 9 (Killed)".
  [[nodiscard]] std::string words() const;
};

// An error when it could not be started (Permanent), took longer than its limit (Transient), or
// was cancelled; then its whole process group was sent SIGTERM and, after the grace, SIGKILL.
// Destroying the task kills it at once. What it leaves running on purpose is left alone.
Task<Result<ProgramResult>> run_program(Loop& loop, Program program, Cancel cancel);

// Of a program that the user names and that runs as root: nobody else may be able to change it. An
// absolute path to an executable file, of its owner, that group and others cannot write. Otherwise
// Permanent, with what to do.
Status check_program(const std::string& path, uid_t owner, const std::string& where);

// The last lines of an output on one line, without control characters, for messages.
std::string last_words(const std::string& output, std::size_t limit = 200);

}  // namespace mwan
