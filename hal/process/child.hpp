// SPDX-License-Identifier: LGPL-2.1-or-later
// A started program and its output: from an argument vector, never through a shell, with standard
// input from /dev/null, nothing else inherited, in a process group of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/unique_fd.hpp"

namespace mwan {

// How a program ended.
struct ProgramEnd {
  int exit_code = 0;  // meaningful when signal is 0
  int signal = 0;     // that ended it
  // Of waitpid(2).
  static ProgramEnd of(int wait_status);
  [[nodiscard]] bool succeeded() const { return signal == 0 && exit_code == 0; }
  // "exit code 2", "killed by signal 9 (Killed)".
  [[nodiscard]] std::string words() const;
  bool operator==(const ProgramEnd&) const = default;
};

// NOTE Ownership: destroying it kills the whole group, and reaps it without waiting.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // 0 or an errno. more: "NAME=value", over our own environment.
  int start(const std::vector<std::string>& argv, const std::vector<std::string>& more = {});
  [[nodiscard]] bool started() const { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Readable once it has ended.
  [[nodiscard]] int exit_fd() const { return pidfd_.get(); }
  // Standard output and standard error, non-blocking.
  [[nodiscard]] int output_fd() const { return output_.get(); }
  void signal_group(int number) const;
  // To the program alone.
  void signal(int number) const;
  // True once it has ended; status is then known.
  bool reap();
  // The same, and ends what is left of its group: as long as it is not reaped, nobody else can have
  // the group's number.
  bool reap_with_group();

  enum class Output { Some, NoneNow, End };
  // Appends what there is up to limit bytes in all; what goes beyond is dropped and noted in cut.
  Output read_some(std::string& into, std::size_t limit, bool& cut) const;

  int status = 0;  // of waitpid(2)

 private:
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd output_;
};

}  // namespace mwan
