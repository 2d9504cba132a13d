// SPDX-License-Identifier: LGPL-2.1-or-later
// The running mwan-modem connect of a modem: one at a time, found by others through a locked file.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::tool {

// "modem-cdc-wdm0.pid": anything but letters, digits, '-', '_' and '.' becomes '_'.
std::string pid_file_name(const std::string& link);

// Held while it lives; the kernel lets go of the lock however the process ends.
class PidFile {
 public:
  // Permanent, naming the process, when another one holds it. The folder is made.
  static Result<PidFile> take(const std::string& folder, const std::string& name);
  PidFile(PidFile&&) noexcept = default;
  PidFile& operator=(PidFile&&) noexcept = delete;
  ~PidFile();

 private:
  PidFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  UniqueFd fd_;
};

struct Holder {
  pid_t pid = 0;
  UniqueFd pidfd;  // of exactly that process
};
// Who holds it, if it runs the same program as this process (by /proc/PID/exe): nobody else is
// sent a signal. Nothing when nobody does.
Result<std::optional<Holder>> holder_of(const std::string& folder, const std::string& name);

}  // namespace mwan::tool
