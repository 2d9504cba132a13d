// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <glib.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan {
namespace {

// Of a killed process to be gone; one that hangs in the kernel is left to it.
constexpr Duration kKillPatience = std::chrono::seconds(5);
constexpr std::array kEnding = {SIGTERM, SIGKILL};

// A started program and its output. Destroying it kills and reaps what still runs.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    signal(SIGKILL);
    if (reap()) return;
    // Reaped by the loop, once the kernel lets go of it.
    g_child_watch_add(
        pid_, [](GPid, gint, gpointer) {}, nullptr);
  }

  int start(const std::vector<std::string>& argv);  // 0 or an errno
  [[nodiscard]] int exit_fd() const { return pidfd_.get(); }
  [[nodiscard]] int output_fd() const { return output_.get(); }
  void signal(int number) const {
    if (pid_ > 0) kill(-pid_, number);
  }
  // True once it has ended; status is then known.
  bool reap() {
    if (pid_ <= 0) return true;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
    pid_ = -1;
    return true;
  }
  enum class Output { Some, NoneNow, End };
  Output read_some(std::string& into, std::size_t limit, bool& cut) const {
    std::array<char, 4096> buffer{};
    const ssize_t n = read(output_.get(), buffer.data(), buffer.size());
    if (n == 0) return Output::End;
    if (n < 0) return errno == EINTR || errno == EAGAIN ? Output::NoneNow : Output::End;
    const std::size_t room = limit - std::min(limit, into.size());
    into.append(buffer.data(), std::min(static_cast<std::size_t>(n), room));
    cut = cut || static_cast<std::size_t>(n) > room;
    return Output::Some;
  }

  int status = 0;  // of waitpid(2)

 private:
  pid_t pid_ = -1;
  UniqueFd pidfd_;
  UniqueFd output_;
};

int Child::start(const std::vector<std::string>& argv) {
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
  const int error =
      posix_spawn(&pid, argv[0].c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return error;
  pid_ = pid;
  // By number: the header of glibc 2.36 declares pidfd_open() without C linkage.
  pidfd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  return pidfd_ ? 0 : errno;
}

ProgramResult outcome(int status) {
  ProgramResult result;
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
  } else {
    result.exit_code = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace

std::string ProgramResult::words() const {
  if (signal == 0) return fmt::format("exit code {}", exit_code);
  const char* name = strsignal(signal);
  return fmt::format("killed by signal {} ({})", signal, name != nullptr ? name : "unknown");
}

std::string last_words(const std::string& output, std::size_t limit) {
  std::size_t end = output.size();
  while (end > 0 && static_cast<unsigned char>(output[end - 1]) <= ' ') --end;
  const std::size_t begin = end > limit ? end - limit : 0;
  std::string text = begin > 0 ? "..." : "";
  for (const char c : output.substr(begin, end - begin)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < ' ' || byte == 0x7F ? ' ' : c;
  }
  return text;
}

Task<Result<ProgramResult>> run_program(Loop& loop, Program program, Cancel cancel) {
  const std::string name = program.argv.empty() ? std::string() : program.argv[0];
  const std::string where = "program " + name;
  if (!name.starts_with('/')) {
    co_return failed(FailureClass::Permanent, where, "it is not given by its whole path");
  }
  if (cancel.cancelled()) co_return failed(FailureClass::Cancelled, where, "cancelled");

  Child child;
  ProgramResult result;
  if (const int error = child.start(program.argv); error != 0) {
    co_return failed(FailureClass::Permanent, where,
                     fmt::format("it cannot be started: {}", std::strerror(error)));
  }
  bool ended = false;
  Notification changed;
  SourceHandle on_output;
  SourceHandle on_exit;
  on_output = loop.watch(child.output_fd(), Loop::Readable, [&](unsigned) {
    const auto more = child.read_some(result.output, program.output_limit, result.cut);
    if (more == Child::Output::End) on_output.reset();
  });
  on_exit = loop.watch(child.exit_fd(), Loop::Readable, [&](unsigned) {
    ended = child.reap();
    if (ended) on_exit.reset();
    changed.notify();
  });

  const Instant until = Loop::now() + program.limit;
  Woken woken = Woken::Notified;
  while (!ended && woken == Woken::Notified) {
    woken = co_await changed.wait(loop, cancel, until - Loop::now());
  }
  const bool in_time = ended;
  const Cancel never;
  for (const int number : kEnding) {
    if (ended) break;
    child.signal(number);
    const Duration patience = number == SIGTERM ? program.grace : kKillPatience;
    const Instant limit = Loop::now() + patience;
    while (!ended && Loop::now() < limit) {
      co_await changed.wait(loop, never, limit - Loop::now());
    }
  }
  // What is left in the pipe; its other end may be held by something that goes on.
  while (!result.cut &&
         child.read_some(result.output, program.output_limit, result.cut) == Child::Output::Some) {
  }
  if (!in_time && cancel.cancelled()) {
    co_return failed(FailureClass::Cancelled, where, "cancelled, and ended");
  }
  if (!in_time) {
    const std::string said = last_words(result.output);
    co_return failed(FailureClass::Transient, where,
                     fmt::format("it took longer than {} s and was {}{}{}",
                                 std::chrono::duration<double>(program.limit).count(),
                                 ended ? "ended" : "killed, but hangs in the kernel",
                                 said.empty() ? "" : "; its last words: ", said));
  }
  const ProgramResult how = outcome(child.status);
  result.exit_code = how.exit_code;
  result.signal = how.signal;
  co_return result;
}

}  // namespace mwan
