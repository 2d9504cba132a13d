// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-keeper: stands between the daemon and one program that it keeps running (dhcpcd, pppd), so
// that the program and everything it has started end with the daemon, however that ends, and so
// that it finds folders of its own where it expects the system's.
//
//   mwan-keeper --parent PID --grace MS [--folder AT=INSTEAD]... -- PROGRAM [ARGUMENT]...
//
// A death signal set on the program itself would not do: the kernel forgets it when a program
// changes its user, as dhcpcd does. The folders are bind mounts in a mount namespace of the
// program's own.
//
// It ends as the program ends; 126: it could not prepare, 127: the program could not be started.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/number.hpp"
#include "hal/process/process_table.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kNotPrepared = 126;
constexpr int kNotStarted = 127;
// dhcpcd 9.4.1 forgets a SIGTERM that comes while it is busy with a lease: it is asked again.
constexpr milliseconds kAskAgain(1000);
// What the program leaves behind when it has ended gets this long to end by itself.
constexpr milliseconds kOrphanGrace(500);
// Of killed processes to be gone; what hangs in the kernel is left to it.
constexpr milliseconds kKillPatience(3000);

struct Plan {
  pid_t parent = 0;
  milliseconds grace{5000};
  std::vector<std::pair<std::string, std::string>> folders;  // at, instead
  std::vector<char*> argv;                                   // ends with a null pointer
};

void say(const std::string& what) {
  static_cast<void>(std::fprintf(stderr, "mwan-keeper: %s\n", what.c_str()));
}

std::optional<Plan> read_arguments(int argc, char** argv) {
  Plan plan;
  int i = 1;
  for (; i + 1 < argc && std::string_view(argv[i]) != "--"; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = argv[i + 1];
    const auto equals = value.find('=');
    if (option == "--parent") {
      plan.parent = mwan::whole_number<pid_t>(value).value_or(0);
    } else if (const auto grace = mwan::whole_number<long>(value);
               option == "--grace" && grace && *grace >= 0) {
      plan.grace = milliseconds(*grace);
    } else if (option == "--folder" && equals != std::string_view::npos && value[0] == '/') {
      plan.folders.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    } else {
      return std::nullopt;
    }
  }
  if (i + 1 >= argc || plan.parent <= 1 || argv[i + 1][0] != '/') return std::nullopt;
  plan.argv.assign(argv + i + 1, argv + argc);
  plan.argv.push_back(nullptr);
  return plan;
}

// A folder's mount point must exist; an empty one on the system's side harms nobody.
bool put_in_place(const std::string& at, const std::string& instead) {
  std::error_code ignored;
  fs::create_directories(at, ignored);
  if (mount(instead.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) == 0) return true;
  say("putting " + instead + " in the place of " + at + ": " + std::strerror(errno));
  return false;
}

bool make_folders(const Plan& plan) {
  if (plan.folders.empty()) return true;
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    say(std::string("a mount namespace: ") + std::strerror(errno));
    return false;
  }
  for (const auto& [at, instead] : plan.folders) {
    if (!put_in_place(at, instead)) return false;
  }
  return true;
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, number);
  }
  return set;
}

[[noreturn]] void become_program(const Plan& plan, pid_t keeper) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(kNotPrepared);
  execv(plan.argv[0], plan.argv.data());
  say(std::string("starting ") + plan.argv[0] + ": " + std::strerror(errno));
  _exit(kNotStarted);
}

// Orphans of the program are children of this process (PR_SET_CHILD_SUBREAPER).
void signal_children(int number) {
  const pid_t self = getpid();
  for (const pid_t pid : mwan::process_ids()) {
    const auto stat = mwan::process_stat(pid);
    if (stat && stat->parent == self) kill(pid, number);
  }
}

class Keeper {
 public:
  Keeper(pid_t program, milliseconds grace) : program_(program), grace_(grace) {}

  // The wait status of the program.
  int run() {
    while (!ended_) wait_for_signal();
    deadline_ = Clock::now() + kOrphanGrace;
    if (reap()) signal_children(SIGTERM);
    while (reap() && Clock::now() < *deadline_) wait_for_signal();
    kill_the_rest();
    return status_.value_or(SIGKILL);
  }

 private:
  void wait_for_signal() {
    const sigset_t set = handled_signals();
    const milliseconds wait =
        deadline_ ? std::max(milliseconds(1),
                             std::chrono::duration_cast<milliseconds>(*deadline_ - Clock::now()))
                  : milliseconds(3600000);
    const milliseconds turn = ending_ ? std::min(wait, kAskAgain) : wait;
    const timespec limit{.tv_sec = turn.count() / 1000, .tv_nsec = (turn.count() % 1000) * 1000000};
    const int number = sigtimedwait(&set, nullptr, &limit);
    reap();
    if (status_) {
      ended_ = true;
    } else if (number == SIGTERM || number == SIGINT) {
      if (!deadline_) deadline_ = Clock::now() + grace_;
      ending_ = true;
      kill(program_, SIGTERM);
    } else if (number == SIGHUP || number == SIGUSR1 || number == SIGUSR2) {
      kill(program_, number);
    } else if (deadline_ && Clock::now() >= *deadline_) {
      kill_the_rest();
      ended_ = true;
    } else if (ending_) {
      kill(program_, SIGTERM);
    }
  }

  // Whether children are left.
  bool reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid == program_) status_ = status;
    }
    return pid == 0;
  }

  // Killing one makes its children ours, so again until nothing is left.
  void kill_the_rest() {
    const auto limit = Clock::now() + kKillPatience;
    while (reap() && Clock::now() < limit) {
      signal_children(SIGKILL);
      usleep(5000);
    }
  }

  pid_t program_;
  milliseconds grace_;
  std::optional<int> status_;
  std::optional<Clock::time_point> deadline_;
  bool ending_ = false;  // asked to
  bool ended_ = false;
};

[[noreturn]] void end_as(int status) {
  if (WIFSIGNALED(status)) {
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    const int number = WTERMSIG(status);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    std::signal(number, SIG_DFL);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
  }
  _exit(WEXITSTATUS(status));
}

}  // namespace

int main(int argc, char** argv) {
  const auto plan = read_arguments(argc, argv);
  if (!plan) {
    say("it is started by mwan-daemon-universal: --parent PID --grace MS [--folder AT=INSTEAD]... "
        "-- PROGRAM [ARGUMENT]...");
    return kNotPrepared;
  }
  const sigset_t set = handled_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  // First the wish, then the look: the parent may have ended in between.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (getppid() != plan->parent) {
    say("the process that started it has ended");
    return kNotPrepared;
  }
  if (!make_folders(*plan)) return kNotPrepared;
  const pid_t self = getpid();
  const pid_t program = fork();
  if (program == 0) become_program(*plan, self);
  if (program < 0) {
    say(std::string("fork: ") + std::strerror(errno));
    return kNotPrepared;
  }
  end_as(Keeper(program, plan->grace).run());
}
