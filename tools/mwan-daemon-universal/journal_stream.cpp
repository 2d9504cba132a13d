// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/journal_stream.hpp"

#include <sys/stat.h>

namespace mwan::daemon {

bool is_journal(int fd, const std::string& stream) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 &&
         stream == std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
}

}  // namespace mwan::daemon
