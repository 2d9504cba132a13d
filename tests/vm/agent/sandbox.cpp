// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/agent/sandbox.hpp"

#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/lab/lab_error.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;

Status mount_at(const char* what, const fs::path& where, const char* type, unsigned long flags,
                const std::string& options) {
  std::error_code error;
  fs::create_directories(where, error);
  if (::mount(what, where.c_str(), type, flags, options.c_str()) != 0) {
    return lab::system_failure(fmt::format("mounting {} at {}", what, where.string()));
  }
  return {};
}

// A new writable layer over the same host's file system, so that what of it was read stays cached;
// but the project's own folders are read anew, for they may have been built anew meanwhile.
Status enter_sandbox(const Folders& folders) {
  if (::unshare(CLONE_NEWNS) != 0) return lab::system_failure("a mount namespace");
  const fs::path scratch = "/run/mwan-vm/scratch";
  const fs::path root = scratch / "root";
  const std::string nine = "trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro";
  Status done = mount_at("none", "/", nullptr, MS_REC | MS_PRIVATE, "");
  const auto then = [&done](auto... mount) {
    if (done) done = mount_at(mount...);
  };
  then("scratch", scratch, "tmpfs", 0UL, std::string());
  std::error_code error;
  for (const char* part : {"files", "work"}) fs::create_directory(scratch / part, error);
  then("root", root, "overlay", 0UL,
       fmt::format("lowerdir=/run/mwan-vm/lower,upperdir={0}/files,workdir={0}/work",
                   scratch.string()));
  for (const char* same : {"/proc", "/sys", "/dev"}) {
    then(same, root / (same + 1), nullptr, static_cast<unsigned long>(MS_BIND | MS_REC),
         std::string());
  }
  for (const char* same : {"/run", "/lib/modules"}) {
    then(same, root / (same + 1), nullptr, static_cast<unsigned long>(MS_BIND), std::string());
  }
  then("tmp", root / "tmp", "tmpfs", 0UL, std::string("mode=1777"));
  then("source", root / folders.source.relative_path(), "9p", 0UL, nine);
  then("build", root / folders.build.relative_path(), "9p", 0UL, nine);
  if (!done) return done;
  if (::chroot(root.c_str()) != 0 || ::chdir("/") != 0) return lab::system_failure("chroot");
  return {};
}

[[noreturn]] void become(const Request& request, const Folders& folders) {
  const auto give_up = [](const Error& error) {
    const std::string text = error.text() + "\n";
    const auto told = ::write(STDERR_FILENO, text.data(), text.size());
    static_cast<void>(told);
    ::_exit(127);
  };
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (auto entered = enter_sandbox(folders); !entered) give_up(entered.error());
  if (::chdir(request.folder.c_str()) != 0 && ::chdir("/") != 0) {
    give_up(lab::system_failure("going to " + request.folder).value());
  }
  for (std::string variable : request.environment) {
    const auto at = variable.find('=');
    if (at == std::string::npos || at == 0) continue;
    ::setenv(variable.substr(0, at).c_str(), variable.c_str() + at + 1, 1);
  }
  std::vector<std::string> words = request.argv;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  give_up(lab::system_failure("starting " + request.argv.front()).value());
  ::_exit(127);
}

}  // namespace

Result<Started> start(const Request& request, const Folders& folders) {
  if (request.terminal) {
    int master = -1;
    winsize size{};
    size.ws_row = 40;
    size.ws_col = 120;
    const pid_t pid = ::forkpty(&master, nullptr, nullptr, &size);
    if (pid == 0) become(request, folders);
    if (pid < 0) return lab::system_failure("a terminal");
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(master, F_SETFL, O_NONBLOCK);
    return Started{pid, UniqueFd(master)};
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return lab::system_failure("a pipe");
  UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(in, STDIN_FILENO);
    ::dup2(write_end.get(), STDOUT_FILENO);
    ::dup2(write_end.get(), STDERR_FILENO);
    become(request, folders);
  }
  if (pid < 0) return lab::system_failure("starting " + request.argv.front());
  return Started{pid, std::move(read_end)};
}

}  // namespace mwan::vm
