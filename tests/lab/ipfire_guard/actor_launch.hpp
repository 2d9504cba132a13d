// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts programs as others do: not as children of the test, in a session of their own, with or
// without a terminal.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "hal/unique_fd.hpp"

namespace mwan::lab {

// NOTE Ownership: its whole session is killed when it is destroyed.
class OtherProgram {
 public:
  OtherProgram() = default;
  // Init is its parent. Its /run is the given folder; the network is the calling thread's.
  OtherProgram(const std::vector<std::string>& argv, const std::string& run, bool terminal);
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;
  ~OtherProgram();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running() const;

 private:
  pid_t pid_ = -1;
  UniqueFd terminal_;
};

}  // namespace mwan::lab
