// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <glib.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/process/process_table.hpp"

namespace mwan {

ProgramEnd ProgramEnd::of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {.signal = WTERMSIG(wait_status)};
  return {.exit_code = WEXITSTATUS(wait_status)};
}

std::string ProgramEnd::words() const {
  if (signal == 0) return fmt::format("exit code {}", exit_code);
  const char* name = strsignal(signal);
  return fmt::format("killed by signal {} ({})", signal, name != nullptr ? name : "unknown");
}

Child::~Child() {
  if (pid_ <= 0) return;
  signal_group(SIGKILL);
  if (reap()) return;
  // Reaped by the loop, once the kernel lets go of it.
  g_child_watch_add(
      pid_, [](GPid, gint, gpointer) {}, nullptr);
}

namespace {

std::vector<char*> environment_with(const std::vector<std::string>& more) {
  std::vector<char*> out;
  out.reserve(more.size());
  for (const std::string& one : more) out.push_back(const_cast<char*>(one.c_str()));
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view ours(*one);
    const auto name = ours.substr(0, ours.find('=') + 1);
    const bool replaced =
        std::ranges::any_of(more, [name](const std::string& m) { return m.starts_with(name); });
    if (!replaced) out.push_back(*one);
  }
  out.push_back(nullptr);
  return out;
}

}  // namespace

int Child::start(const std::vector<std::string>& argv, const std::vector<std::string>& more) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
  output_ = UniqueFd(ends[0]);
  const UniqueFd input(ends[1]);
  if (fcntl(output_.get(), F_SETFL, O_NONBLOCK) != 0) return errno;

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& one : argv) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0].c_str(), &actions, &attributes, arguments.data(),
                                environment_with(more).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return error;
  pid_ = pid;
  pidfd_ = open_process(pid_);
  return pidfd_ ? 0 : errno;
}

void Child::signal_group(int number) const {
  if (pid_ > 0) kill(-pid_, number);
}

void Child::signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

bool Child::reap() {
  if (pid_ <= 0) return true;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  pid_ = -1;
  return true;
}

bool Child::reap_with_group() {
  if (pid_ <= 0) return true;
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return false;
  if (info.si_pid != pid_) return false;
  signal_group(SIGKILL);
  return reap();
}

Child::Output Child::read_some(std::string& into, std::size_t limit, bool& cut) const {
  std::array<char, 4096> buffer{};
  const ssize_t n = read(output_.get(), buffer.data(), buffer.size());
  if (n == 0) return Output::End;
  if (n < 0) return errno == EINTR || errno == EAGAIN ? Output::NoneNow : Output::End;
  const std::size_t room = limit - std::min(limit, into.size());
  into.append(buffer.data(), std::min(static_cast<std::size_t>(n), room));
  cut = cut || static_cast<std::size_t>(n) > room;
  return Output::Some;
}

}  // namespace mwan
