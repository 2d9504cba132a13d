// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/scripts.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <spdlog/spdlog.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/process/process_table.hpp"
#include "hal/program.hpp"

namespace mwan::failover::ipfire {
namespace {

using namespace std::chrono_literals;

constexpr const char* script_path = "PATH=/bin:/usr/bin:/sbin:/usr/sbin";
constexpr Duration stop_limit = 45s;
constexpr Duration firewall_limit = 20s;

Task<Status> run_script(Loop& loop, std::vector<std::string> argv, Duration limit,
                        bool exit_counts) {
  const std::string words = fmt::format("{} {}", argv.front(), argv.back());
  Program program{.argv = std::move(argv), .environment = {script_path}, .limit = limit};
  const Cancel never;
  const auto result = co_await run_program(loop, std::move(program), never);
  if (!result) co_return failed(result.error());
  if (result->succeeded()) co_return Status{};
  const std::string said =
      fmt::format("ended with {}: {}", result->words(), last_words(result->output));
  if (exit_counts) co_return failed(FailureClass::Transient, words, said);
  spdlog::info("{} {}", words, said);
  co_return Status{};
}

// Nothing of ours but the three standard streams, which lead nowhere: it may outlive us. Only
// async-signal-safe calls.
[[noreturn]] void become_script(const char* program, const char* name, const char* verb) {
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(nowhere, fd);
  ::close_range(3, ~0U, 0);
  ::umask(022);
  ::execle(program, name, verb, nullptr, std::array<const char*, 2>{script_path, nullptr}.data());
  ::_exit(127);
}

}  // namespace

Task<Status> stop_red(Loop& loop, Paths paths) {
  std::vector<std::string> argv = {paths.init_d() + "/networking/red", "stop"};
  co_return co_await run_script(loop, std::move(argv), stop_limit, false);
}

Task<Status> load_firewall(Loop& loop, Paths paths) {
  std::vector<std::string> argv = {paths.init_d() + "/firewall", "up"};
  co_return co_await run_script(loop, std::move(argv), firewall_limit, true);
}

Status RedStart::begin(Loop& loop, const Paths& paths, std::function<void(int)> ended) {
  const std::string program = paths.init_d() + "/networking/red";
  if (::access(program.c_str(), X_OK) != 0) {
    return failed(FailureClass::Permanent, program,
                  "cannot be run: " + std::generic_category().message(errno));
  }
  const pid_t pid = ::fork();
  if (pid == 0) become_script(program.c_str(), program.c_str(), "start");
  if (pid < 0) {
    return failed(FailureClass::Transient, program, std::generic_category().message(errno));
  }
  pid_ = pid;
  process_ = open_process(pid);
  on_exit_ =
      loop.watch(process_.get(), Loop::Readable, [this, pid, ended = std::move(ended)](unsigned) {
        int status = 0;
        ::waitpid(pid, &status, WNOHANG);
        const SourceHandle done = std::move(on_exit_);
        ended(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
      });
  return {};
}

Result<FolderWatch> FolderWatch::open(Loop& loop, const std::string& folder,
                                      std::function<void()> call) {
  FolderWatch out;
  out.events_ = UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  const int added =
      ::inotify_add_watch(out.events_.get(), folder.c_str(),
                          IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM);
  if (added < 0) {
    return failed(FailureClass::Permanent, folder,
                  "cannot be watched: " + std::generic_category().message(errno));
  }
  out.readable_ = loop.watch(out.events_.get(), Loop::Readable,
                             [fd = out.events_.get(), call = std::move(call)](unsigned) {
                               alignas(inotify_event) std::array<char, 4096> events{};
                               while (::read(fd, events.data(), events.size()) > 0) {
                               }
                               call();
                             });
  return out;
}

}  // namespace mwan::failover::ipfire
