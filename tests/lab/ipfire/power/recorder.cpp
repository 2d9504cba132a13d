// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-power-recorder OUT ROOT ROOT... -- PROGRAM ARGUMENT...: runs the program, and when it has
// ended writes to OUT what a power cut at that moment would have left of the roots
// (durable_tree.hpp): OUT/everything/N and OUT/contents/N, by what is lost of root N. Ends as the
// program did.
//
// Every fsync of the program and of what it starts is stopped by the kernel until it was looked at
// (seccomp_unotify(2)): nothing of the program is replaced or knows of it.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/ipfire/power/durable_tree.hpp"

namespace {

namespace fs = std::filesystem;
using mwan::UniqueFd;
using mwan::lab::Cut;
using mwan::lab::DurableTree;

constexpr int not_possible = 125;

// sync(2) and syncfs(2) go by: what only they wrote counts as lost.
int listen_for_syncs() {
  const auto call = static_cast<unsigned>(offsetof(seccomp_data, nr));
  std::array<sock_filter, 5> rules = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, call),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 1, 0),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program = {static_cast<unsigned short>(rules.size()), rules.data()};
  return static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

[[noreturn]] void become(int tell, int go_on, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int listener = listen_for_syncs();
  char byte = 0;
  if (listener < 0 || ::write(tell, &listener, sizeof listener) != sizeof listener ||
      ::read(go_on, &byte, 1) != 1) {
    ::_exit(not_possible);
  }
  ::close(listener);
  ::execvp(argv[0], argv);
  ::_exit(not_possible);
}

void look_at(int listener, DurableTree& tree) {
  seccomp_notif asked{};
  if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) return;
  const std::string place =
      fmt::format("/proc/{}/fd/{}", asked.pid, static_cast<int>(asked.data.args[0]));
  const UniqueFd fd(::open(place.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (fd) tree.synced(fd.get());
  seccomp_notif_resp answer{};
  answer.id = asked.id;
  answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  static_cast<void>(::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer));
}

// Until it has ended. Returns its wait status.
int watch(pid_t pid, int process, int listener, DurableTree& tree) {
  while (true) {
    std::array<pollfd, 2> both = {pollfd{process, POLLIN, 0}, pollfd{listener, POLLIN, 0}};
    if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return -1;
    if ((both[1].revents & POLLIN) != 0) {
      look_at(listener, tree);
    } else if ((both[0].revents & POLLIN) != 0) {
      int status = 0;
      ::waitpid(pid, &status, 0);
      return status;
    }
  }
}

int end_as(int status) {
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  ::signal(WTERMSIG(status), SIG_DFL);
  ::raise(WTERMSIG(status));
  return not_possible;
}

int record(const fs::path& out, const std::vector<fs::path>& roots, char** argv) {
  DurableTree tree(roots);
  std::array<int, 2> told{};
  std::array<int, 2> go_on{};
  if (::pipe2(told.data(), O_CLOEXEC) != 0 || ::pipe2(go_on.data(), O_CLOEXEC) != 0) {
    return not_possible;
  }
  const pid_t pid = ::fork();
  if (pid == 0) become(told[1], go_on[0], argv);
  ::close(told[1]);
  int number = -1;
  const bool listens = pid > 0 && ::read(told[0], &number, sizeof number) == sizeof number;
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  const UniqueFd listener(
      listens ? static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0)) : -1);
  if (!listener || ::write(go_on[1], "", 1) != 1) {
    std::fputs("mwan-power-recorder: no seccomp listener (Linux 5.6 has them)\n", stderr);
    return not_possible;
  }
  const int status = watch(pid, process.get(), listener.get(), tree);
  for (const auto& [cut, name] :
       {std::pair(Cut::Everything, "everything"), std::pair(Cut::Contents, "contents")}) {
    fs::create_directories(out / name);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      tree.write(i, cut, out / name / std::to_string(i));
    }
  }
  return end_as(status);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> roots;
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") != 0) {
      roots.emplace_back(argv[i]);
    } else if (argv[i + 1] != nullptr) {
      return record(argv[1], roots, argv + i + 1);
    }
  }
  std::fputs("mwan-power-recorder OUT ROOT... -- PROGRAM ARGUMENT...\n", stderr);
  return 2;
}
