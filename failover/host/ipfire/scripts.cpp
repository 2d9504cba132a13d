// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/scripts.hpp"

#include <algorithm>
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
constexpr Duration iptables_limit = 5s;
constexpr int most_rules = 8;
// IPFire's; where another iptables has that name, its own is the first.
constexpr std::array<const char*, 4> iptables_programs = {
    "/usr/sbin/iptables-legacy", "/sbin/iptables-legacy", "/usr/sbin/iptables", "/sbin/iptables"};

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

Task<Status> bridge_nat(Loop& loop, std::string netdev, bool on) {
  const auto iptables =
      std::ranges::find_if(iptables_programs, [](const char* p) { return ::access(p, X_OK) == 0; });
  if (iptables == iptables_programs.end()) {
    co_return failed(FailureClass::Permanent, "iptables", "it is not installed");
  }
  const Cancel never;
  const auto rule = [&](const char* verb) {
    return Program{.argv = {*iptables, "--wait", "-t", "nat", verb, "CUSTOMPOSTROUTING", "-o",
                            netdev, "-m", "comment", "--comment", "mwan", "-j", "MASQUERADE"},
                   .limit = iptables_limit};
  };
  Program check = rule("-C");
  auto there = co_await run_program(loop, std::move(check), never);
  if (!there) co_return failed(there.error());
  for (int round = 0; !on && there->succeeded() && round < most_rules; ++round) {
    Program remove = rule("-D");
    there = co_await run_program(loop, std::move(remove), never);
    if (!there) co_return failed(there.error());
  }
  if (!on || there->succeeded()) co_return Status{};
  Program insert = rule("-I");
  const auto inserted = co_await run_program(loop, std::move(insert), never);
  if (!inserted) co_return failed(inserted.error());
  if (inserted->succeeded()) co_return Status{};
  co_return failed(FailureClass::Transient, "iptables", last_words(inserted->output));
}

Status RedStart::begin(Loop& loop, const Paths& paths, std::function<void(int)> ended) {
  const std::string program = paths.init_d() + "/networking/red";
  if (::access(program.c_str(), X_OK) != 0) {
    return failed(FailureClass::Permanent, program,
                  "cannot be run: " + std::generic_category().message(errno));
  }
  cancel();
  const pid_t pid = ::fork();
  if (pid == 0) become_script(program.c_str(), program.c_str(), "start");
  if (pid < 0) {
    return failed(FailureClass::Transient, program, std::generic_category().message(errno));
  }
  pid_ = pid;
  process_ = open_process(pid);
  ended_ = std::move(ended);
  on_exit_ = loop.watch(process_.get(), Loop::Readable, [this](unsigned) {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, WNOHANG);
    on_exit_.reset();
    if (const auto call = std::exchange(ended_, nullptr)) {
      call(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
  });
  return {};
}

// As long as it is not reaped, nobody else has the number of its group.
void RedStart::cancel() {
  forget();
  if (pid_ > 1) ::kill(-pid_, SIGTERM);
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
