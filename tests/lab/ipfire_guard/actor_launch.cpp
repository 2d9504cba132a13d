// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/ipfire_guard/actor_launch.hpp"

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/process/process_table.hpp"

namespace mwan::lab {

namespace {

// In the grandchild, which is alone now.
[[noreturn]] void become(const std::vector<char*>& argv, const char* run, const char* terminal,
                         pid_t parent) {
  ::setsid();
  for (int fd = 0; fd < 3; ++fd) ::close(fd);
  // The first terminal that the leader of a session opens is its controlling one.
  const int in = ::open(terminal != nullptr ? terminal : "/dev/null", O_RDWR);
  ::dup2(in, 1);
  ::dup2(in, 2);
  while (::getppid() == parent) ::usleep(100);
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount(run, "/run", nullptr, MS_BIND, nullptr) != 0) {
    ::_exit(126);
  }
  ::execv(argv.front(), argv.data());
  ::_exit(127);
}

}  // namespace

OtherProgram::OtherProgram(const std::vector<std::string>& argv, const std::string& run,
                           bool terminal) {
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::string name;
  if (terminal) {
    terminal_ = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal_ || ::grantpt(terminal_.get()) != 0 || ::unlockpt(terminal_.get()) != 0) return;
    std::array<char, 64> path{};
    if (::ptsname_r(terminal_.get(), path.data(), path.size()) != 0) return;
    name = path.data();
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
  const pid_t child = ::fork();
  if (child == 0) {
    const pid_t self = ::getpid();
    const pid_t grandchild = ::fork();
    if (grandchild == 0) become(pointers, run.c_str(), terminal ? name.c_str() : nullptr, self);
    static_cast<void>(::write(ends[1], &grandchild, sizeof grandchild) < 0);
    ::_exit(0);
  }
  ::close(ends[1]);
  if (::read(ends[0], &pid_, sizeof pid_) != sizeof pid_) pid_ = -1;
  ::close(ends[0]);
  if (child > 0) ::waitpid(child, nullptr, 0);
}

OtherProgram::~OtherProgram() {
  if (pid_ <= 0) return;
  // Its number is a group's as long as one of them lives; nobody else can have it then.
  ::kill(-pid_, SIGKILL);
}

bool OtherProgram::running() const {
  const auto stat = pid_ > 0 ? process_stat(pid_) : std::nullopt;
  return stat && stat->state != 'Z';
}

}  // namespace mwan::lab
