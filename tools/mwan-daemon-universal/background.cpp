// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/background.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/mwan-daemon-universal/options.hpp"

namespace mwan::daemon {
namespace {

ssize_t read_one(int fd) {
  char byte = 0;
  ssize_t got = 0;
  while ((got = ::read(fd, &byte, 1)) < 0 && errno == EINTR) {
  }
  return got;
}

[[noreturn]] void wait_for(pid_t daemon, int pipe) {
  if (read_one(pipe) == 1) ::_exit(Ended);
  int status = 0;
  while (::waitpid(daemon, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : Failed);
}

}  // namespace

void Starter::ready() {
  const char byte = 1;
  static_cast<void>(!::write(pipe_.get(), &byte, 1));
  pipe_.reset();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null.get(), fd);
}

Result<Starter> become_daemon() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failed(FailureClass::Permanent, "--background", std::strerror(errno));
  }
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const pid_t daemon = ::fork();
  if (daemon < 0) return failed(FailureClass::Permanent, "--background", std::strerror(errno));
  if (daemon > 0) {
    writing.reset();
    wait_for(daemon, reading.get());
  }
  ::setsid();
  if (::chdir("/") != 0) return failed(FailureClass::Permanent, "/", std::strerror(errno));
  return Starter(std::move(writing));
}

}  // namespace mwan::daemon
