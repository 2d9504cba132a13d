// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/keeper.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/process.hpp"
#include "tests/vm/protocol.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kEmulator = "qemu-system-x86_64";
// A crash ends the guest at once. As many sockets for gadgets as tests/vm/lab/gadget.hpp says.
constexpr const char* kKernelParameters =
    "console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr dummy_hcd.num=4";
constexpr int kMostStarts = 25;      // scenarios that left something behind, and crashes
constexpr int kMostShortStarts = 3;  // in a row
constexpr Duration kShortLife = 5s;  // not even user space

bool installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(std::string(path != nullptr ? path : "") +
                            ":/usr/sbin:/sbin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

fs::path kernel_image(const fs::path& kernel) {
  std::error_code error;
  for (fs::directory_iterator at(kernel / "boot", error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().string().starts_with("vmlinuz-")) return at->path();
  }
  return {};
}

// A comma ends an option of the emulator's unless it is doubled.
std::string value(const fs::path& path) {
  std::string out;
  for (const char c : path.string()) out += c == ',' ? std::string(",,") : std::string(1, c);
  return out;
}

// Paths in the machine's own folder are relative: a socket's may not be long.
std::vector<std::string> emulator(const KeeperPlan& plan) {
  std::vector<std::string> argv = {kEmulator,
                                   "-nodefaults",
                                   "-no-user-config",
                                   "-no-reboot",
                                   "-display",
                                   "none",
                                   "-machine",
                                   "pc,usb=off",
                                   "-accel",
                                   "tcg,thread=multi",
                                   "-cpu",
                                   "max",
                                   "-smp",
                                   MWAN_VM_CPUS,
                                   "-m",
                                   MWAN_VM_MEMORY,
                                   "-nic",
                                   "none",
                                   "-kernel",
                                   kernel_image(plan.kernel),
                                   "-initrd",
                                   "initramfs",
                                   "-append",
                                   kKernelParameters,
                                   "-chardev",
                                   "file,id=console,path=console.log,append=on",
                                   "-serial",
                                   "chardev:console",
                                   "-device",
                                   "virtio-serial-pci",
                                   "-chardev",
                                   "socket,id=agent,path=agent.sock,server=on,wait=off",
                                   "-device",
                                   "virtserialport,chardev=agent,name=mwan.agent"};
  const auto share = [&argv](const std::string& tag, const fs::path& path) {
    argv.insert(argv.end(), {"-fsdev",
                             fmt::format("local,id={},path={},security_model=none,readonly=on,"
                                         "multidevs=remap",
                                         tag, value(path)),
                             "-device", fmt::format("virtio-9p-pci,fsdev={0},mount_tag={0}", tag)});
  };
  share("root", "/");
  share("source", plan.source);
  share("build", plan.build);
  return argv;
}

UniqueFd pidfd(pid_t pid) {
  return UniqueFd(pid < 0 ? -1 : static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

enum class End { Emulator, Stuck, Told, Over, Alone };

// Waits for the first reason to go on.
End wait_for_end(int signals, int of, lab::Process& machine, Instant over) {
  for (;;) {
    const auto left = std::clamp<std::int64_t>(to_ms(over - lab::now()), 0, 3'600'000);
    std::array<pollfd, 2> ready{{{signals, POLLIN, 0}, {of, POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), static_cast<int>(left));
    if (ready[1].revents != 0) return End::Alone;
    signalfd_siginfo news{};
    while (::read(signals, &news, sizeof news) > 0) {
      if (news.ssi_signo == kStartAnew) return End::Stuck;
      if (news.ssi_signo != SIGCHLD) return End::Told;
    }
    if (!machine.running()) return End::Emulator;
    if (lab::now() >= over) return End::Over;
  }
}

}  // namespace

std::string missing(const KeeperPlan& plan) {
  if (plan.of >= 0 && !pidfd(plan.of)) return "the program that it is for has ended";
  for (const char* program : {kEmulator, "busybox", "cpio", "modprobe", "udevadm"}) {
    if (!installed(program)) {
      return fmt::format("{} is not installed (./check installs what the virtual machine needs)",
                         program);
    }
  }
  if (kernel_image(plan.kernel).empty() || !fs::exists(plan.kernel / "lib/modules")) {
    return fmt::format("there is no kernel in {} (./check downloads it)", plan.kernel.string());
  }
  return {};
}

Status prepare(const Folder& folder, const KeeperPlan& plan) {
  // Where the first program finds the others; "modules" as seen from the host's root.
  const auto made =
      lab::run(nullptr,
               {plan.initramfs, plan.kernel, folder.initramfs(), "agent=" + plan.agent.string(),
                "source=" + plan.source.string(), "build=" + plan.build.string(),
                "modules=" + fs::canonical(plan.kernel / "lib/modules").string()},
               120s);
  if (!made) return failed(made.error());
  return {};
}

int keep(const Folder& folder, const KeeperPlan& plan, int started) {
  sigset_t mask;
  sigemptyset(&mask);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, kStartAnew}) sigaddset(&mask, number);
  ::sigprocmask(SIG_BLOCK, &mask, nullptr);
  const UniqueFd signals(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  const UniqueFd of = pidfd(plan.of);
  const Instant over = lab::now() + plan.limit;
  const lab::Command command{emulator(plan), nullptr, folder.keeper_log(), folder.keeper_log()};
  if (::chdir(folder.path().c_str()) != 0) return 1;
  int short_lives = 0;
  for (int starts = 0; starts < kMostStarts && short_lives < kMostShortStarts; ++starts) {
    const Instant begun = lab::now();
    auto machine = lab::Process::start(command);
    if (!machine) {
      folder.note_absence(machine.error().text(), false);
      return 1;
    }
    if (started >= 0) {
      const auto told = ::write(started, "y", 1);
      static_cast<void>(told);
      ::close(std::exchange(started, -1));
    }
    const End end = wait_for_end(signals.get(), of.get(), *machine, over);
    if (end != End::Emulator) machine->stop(5s);
    if (end != End::Emulator && end != End::Stuck) {
      folder.note_absence(end == End::Told    ? "it was ended by `mwan-vm stop`"
                          : end == End::Alone ? "it ended with the program that it was started for"
                                              : "its time was over",
                          false);
      return 0;
    }
    short_lives = lab::now() - begun < kShortLife ? short_lives + 1 : 0;
  }
  folder.note_absence(fmt::format("it failed too often; see {} and {}", folder.console().string(),
                                  folder.keeper_log().string()),
                      false);
  return 1;
}

}  // namespace mwan::vm
