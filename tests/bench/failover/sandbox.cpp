// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-bench-sandbox PROGRAM ARGUMENT...: runs a program of somebody else so that nothing of it
// stays and it finds nothing of this machine: process and mount namespaces of its own, an empty
// /run and /var/lib, and /sys read-only, of the network namespace it is started in. Whoever ends
// this program ends that one and all its children.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int fail(const char* what) {
  std::fprintf(stderr, "mwan-bench-sandbox: %s: %s\n", what, std::strerror(errno));
  return 126;
}

volatile sig_atomic_t child = 0;

void pass_on(int number) {
  if (child > 0) ::kill(static_cast<pid_t>(child), number);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: mwan-bench-sandbox PROGRAM ARGUMENT...\n", stderr);
    return 125;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also kept by this program, for its child
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0) return fail("making namespaces");
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return fail("mounts");
  for (const char* folder : {"/run", "/var/lib"}) {
    if (::mount("sandbox", folder, "tmpfs", MS_NOSUID | MS_NODEV, nullptr) != 0) {
      return fail(folder);
    }
  }
  if (::mount("sandbox", "/sys", "sysfs", MS_RDONLY, nullptr) != 0) return fail("/sys");
  const pid_t pid = ::fork();
  if (pid < 0) return fail("fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::mount("sandbox", "/proc", "proc", 0, nullptr) != 0) return fail("/proc");
    ::execvp(argv[1], argv + 1);
    return fail(argv[1]);
  }
  child = pid;
  for (const int number : std::array{SIGTERM, SIGINT, SIGHUP}) ::signal(number, pass_on);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
