// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/process.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

namespace {

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::stringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin:/sbin:/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string candidate = std::filesystem::path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

struct ChildPlan {
  const char* program;
  char* const* argv;
  int netns;  // -1: stay
  int out;
  int err;
  int report;  // close-on-exec: gets errno when the program could not be started
  pid_t parent;
};

// Between fork and exec only async-signal-safe calls: other threads may have held any lock.
[[noreturn]] void become(const ChildPlan& plan) {
  const auto give_up = [&plan] {
    const int error = errno;
    const auto told = ::write(plan.report, &error, sizeof error);
    static_cast<void>(told);
    ::_exit(127);
  };
  // A group of its own: Ctrl-C at the terminal reaches the lab, which then stops its programs.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);  // the lab ended before prctl could say so
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (plan.netns >= 0 && ::setns(plan.netns, CLONE_NEWNET) != 0) give_up();
  const int in = ::open("/dev/null", O_RDONLY);
  if (::dup2(in, 0) < 0 || ::dup2(plan.out, 1) < 0 || ::dup2(plan.err, 2) < 0) give_up();
  ::execv(plan.program, plan.argv);
  give_up();
  ::_exit(127);
}

Result<UniqueFd> open_output(const std::filesystem::path& path) {
  const std::string name = path.empty() ? "/dev/null" : path.string();
  UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!fd) return system_failure("opening " + name);
  return fd;
}

Result<pid_t> launch(const Command& command, int out, int err) {
  const std::string program = find_program(command.argv.at(0));
  if (program.empty()) {
    return failed(FailureClass::Permanent, command.argv.at(0), "this program is not installed");
  }
  std::vector<std::string> words = command.argv;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("making a pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const ChildPlan plan{
      program.c_str(), argv.data(), command.netns ? command.netns->fd() : -1, out, err,
      write_end.get(), ::getpid()};
  const pid_t pid = ::fork();
  if (pid == 0) become(plan);
  if (pid < 0) return system_failure("starting " + program);
  write_end.reset();
  int error = 0;
  if (::read(read_end.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(pid, nullptr, 0);
    return system_failure("starting " + program, error);
  }
  return pid;
}

// By number: the header of glibc 2.36 declares pidfd_open() without C linkage.
UniqueFd pidfd_of(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::string contents(int fd) {
  std::string text;
  std::array<char, 4096> part{};
  ::lseek(fd, 0, SEEK_SET);
  for (ssize_t n = 0; (n = ::read(fd, part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(n));
  }
  return text;
}

}  // namespace

std::string Command::text() const { return fmt::format("{}", fmt::join(argv, " ")); }

Result<Process> Process::start(const Command& command) {
  const auto out = open_output(command.out);
  if (!out) return failed(out.error());
  const auto err = open_output(command.err);
  if (!err) return failed(err.error());
  const auto pid = launch(command, out->get(), err->get());
  if (!pid) return failed(pid.error());
  return Process(*pid, pidfd_of(*pid));
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() {
  if (pid_ < 0 || status_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Process::running() { return pid_ > 0 && !wait(Duration::zero()); }

void Process::signal(int number) const {
  if (pid_ > 0 && !status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Duration limit) {
  if (status_ || pid_ < 0) return status_;
  const Instant end = now() + limit;
  while (true) {
    const auto left = std::max<std::int64_t>(to_ms(end - now()), 0);
    pollfd ready{pidfd_.get(), POLLIN, 0};
    const int n = ::poll(&ready, 1, static_cast<int>(left));
    if (n > 0) break;
    // A second Ctrl-C does not cut the clean-up short: only the limit does.
    if (n == 0 || left == 0) return std::nullopt;
  }
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_) status_ = status;
  return status_;
}

int Process::stop(Duration limit) {
  if (pid_ < 0) return 0;
  signal(SIGTERM);
  if (const auto ended = wait(limit)) return *ended;
  signal(SIGKILL);
  return wait(std::chrono::seconds(5)).value_or(SIGKILL);
}

std::string Process::words(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int number = WTERMSIG(wait_status);
    return fmt::format("killed by signal {} ({})", number, ::strsignal(number));
  }
  return fmt::format("exit code {}", WEXITSTATUS(wait_status));
}

Result<std::string> run(const NetNs* netns, const std::vector<std::string>& argv, Duration limit) {
  const Command command{argv, netns, {}, {}};
  const std::string where = (netns ? netns->label() + ": " : std::string()) + command.text();
  const UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
  if (!output) return system_failure(where);
  const std::filesystem::path to = fmt::format("/proc/{}/fd/{}", ::getpid(), output.get());
  auto process = Process::start({argv, netns, to, to});
  if (!process) return failed(process.error());
  const auto status = process->wait(limit);
  const std::string text = contents(output.get());
  if (!status) {
    return failed(FailureClass::Transient, where,
                  fmt::format("not done after {} ms: {}", to_ms(limit), text));
  }
  if (*status != 0) {
    return failed(FailureClass::Permanent, where, Process::words(*status) + ": " + text);
  }
  return text;
}

Status ip(const NetNs& netns, const std::string& arguments) {
  std::vector<std::string> argv{"ip"};
  std::stringstream words(arguments);
  for (std::string word; std::getline(words, word, ' ');) argv.push_back(word);
  if (auto done = run(&netns, argv); !done) return failed(done.error());
  return {};
}

}  // namespace mwan::lab
