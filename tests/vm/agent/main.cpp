// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-vm-agent SOURCE BUILD: process 1 of the guest. Brings it up as far as udev, then runs what
// the host asks for, one program at a time, and sees to it that the next one finds the guest as
// this one did: what is left running is killed, and what else is left makes the guest start anew.
// When the agent ends, so does the guest.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/agent/inventory.hpp"
#include "tests/vm/agent/port.hpp"
#include "tests/vm/agent/sandbox.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void say(const std::string& text) { std::cout << "mwan-vm-agent: " << text << std::endl; }

// Longer than cleaning up ever takes that gets anywhere.
constexpr unsigned kCleanUpSeconds = 120;
// For what was told to end, as the program ended; for the kernel to get round to its devices. All
// of it waits for the emulator's host, too.
constexpr Duration kLastMoments = 15s;
constexpr Duration kHardwareGoes = 30s;

// At once, as the magic key does it (Documentation/admin-guide/sysrq.rst): a reboot in good order
// waits for devices, and there is nothing to save. For signal handlers too.
void reset_guest() {
  const int trigger = ::open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
  const auto asked = ::write(trigger, "b", 1);
  static_cast<void>(asked);
  ::reboot(RB_AUTOBOOT);
}

// Something that cannot be killed, or looked at, holds the agent.
void give_up_cleaning(int /*signal*/) {
  static constexpr std::string_view kWords =
      "mwan-vm-agent: cleaning up does not end; the guest is reset\n";
  const auto said = ::write(STDOUT_FILENO, kWords.data(), kWords.size());
  static_cast<void>(said);
  reset_guest();
}

std::string uptime() {
  std::string seconds;
  std::ifstream("/proc/uptime") >> seconds;
  return seconds + " s";
}

// Brings up what a Debian system has when somebody logs in, as far as tests can tell.
Status boot() {
  ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  ::setenv("HOME", "/root", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  const auto mount_on = [](const char* type, const char* where) {
    std::error_code ignored;
    fs::create_directories(where, ignored);
    ::mount(type, where, type, 0, nullptr);
  };
  mount_on("devpts", "/dev/pts");
  mount_on("tmpfs", "/dev/shm");
  static constexpr std::string_view kName = "mwan-vm";
  if (::sethostname(kName.data(), kName.size()) != 0)
    return lab::system_failure("naming the guest");
  // The kernel's messages below warnings stay in its buffer (dmesg).
  std::ofstream("/proc/sys/kernel/printk") << "5";
  const auto done = [](const std::vector<std::string>& argv) -> Status {
    if (auto ran = lab::run(nullptr, argv, 120s); !ran) return failed(ran.error());
    return {};
  };
  Status status = done({"ip", "link", "set", "lo", "up"});
  if (status) status = done({"modprobe", "-a", "virtio_console", "configfs"});
  mount_on("configfs", "/sys/kernel/config");
  if (status) status = done({"/lib/systemd/systemd-udevd", "--daemon"});
  // Only what tests look at. The rest of a computer (processor features, disks, keyboards) would be
  // twenty modules and several seconds.
  if (status) {
    status = done({"udevadm", "trigger", "--type=devices", "--action=add", "--subsystem-match=net",
                   "--subsystem-match=usb", "--subsystem-match=tty", "--subsystem-match=misc",
                   "--subsystem-match=mem", "--subsystem-match=virtio-ports"});
  }
  if (status) status = done({"udevadm", "settle", "--timeout=100"});
  return status;
}

class Agent {
 public:
  explicit Agent(Folders folders) : folders_(std::move(folders)) {}

  Status serve(const std::string& guest) {
    guest_ = guest;
    auto there = inventory();
    if (!there) return failed(there.error());
    at_boot_ = std::move(*there);
    run_at_boot_ = run_names();
    sigset_t mask;
    sigemptyset(&mask);
    for (const int number : {SIGCHLD, SIGIO}) sigaddset(&mask, number);
    ::sigprocmask(SIG_BLOCK, &mask, nullptr);
    signals_ = UniqueFd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
    ::signal(SIGALRM, give_up_cleaning);
    auto port = Port::open();
    if (!port) return failed(port.error());
    FrameReader reader;
    for (;;) serve_one(wait_for_request(*port, reader), *port, reader);
  }

 private:
  // Whoever asked may have left meanwhile: then nobody is told.
  void serve_one(const Request& request, Port& port, FrameReader& reader) {
    bool there = port.wait_for_host(5s) && port.write(opening_line(request.ticket));
    Outcome outcome;
    outcome.guest = guest_;
    if (there && !request.argv.empty()) there = play(request, port, reader, outcome);
    ::alarm(kCleanUpSeconds);
    outcome.reboots = !clean_up(there ? &outcome : nullptr);
    ::alarm(0);
    if (there) port.write(encode(frame_of(outcome)));
    if (outcome.reboots) start_anew();
  }

  Request wait_for_request(Port& port, FrameReader& reader) {
    bool begins = false;
    for (;;) {
      const std::string bytes = port.read();
      reader.feed(bytes);
      if (!begins) begins = reader.skip_past(kRequestLine);
      if (begins) {
        const auto frame = reader.next();
        if (frame && *frame) {
          if (auto request = request_of(**frame)) return *request;
        }
        begins = frame && !*frame;  // not whole yet
      }
      if (bytes.empty()) wait_signal();
    }
  }

  // Until SIGIO or SIGCHLD. The second is for what comes between looking and waiting.
  void wait_signal() {
    pollfd ready{signals_.get(), POLLIN, 0};
    ::poll(&ready, 1, 1000);
    reap(-1);
  }

  // Runs it to its end. False when the host left, or another one took its place and asks for
  // something else.
  bool play(const Request& request, Port& port, FrameReader& reader, Outcome& outcome) {
    auto started = start(request, folders_);
    if (!started) {
      outcome.wait_status = 127 << 8;
      return port.write(encode({FrameKind::Output, started.error().text() + "\n"}));
    }
    closed_ = false;
    while (!reap(started->pid, &outcome.wait_status)) {
      std::array<pollfd, 3> ready{
          {{port.fd(), POLLIN, 0}, {started->ends.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
      if (closed_) ready[1].fd = -1;
      ::poll(ready.data(), ready.size(), 1000);
      if (!pass_output(started->ends.get(), port)) return false;
      if ((ready[0].revents & POLLHUP) != 0 && port.left()) return false;
      reader.feed(port.read());
      for (;;) {
        auto frame = reader.next();
        if (!frame) return false;  // such as the line before another's request
        if (!*frame) break;
        const auto& typed = (*frame)->payload;
        if (request.terminal && ::write(started->ends.get(), typed.data(), typed.size()) < 0) {
          break;  // nobody reads it
        }
      }
    }
    // Something that it started may still hold its output: what is there is taken, no more.
    return pass_output(started->ends.get(), port);
  }

  bool pass_output(int from, Port& port) {
    std::array<char, 65536> part{};
    while (!closed_) {
      const auto got = ::read(from, part.data(), part.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
      if (got <= 0) {
        closed_ = true;  // a terminal says EIO
        return true;
      }
      if (!port.write(encode({FrameKind::Output, {part.data(), static_cast<std::size_t>(got)}}))) {
        return false;
      }
    }
    return true;
  }

  // True when the process was among those that ended. -1: only the others.
  bool reap(pid_t wanted, int* status = nullptr) {
    signalfd_siginfo news{};
    while (::read(signals_.get(), &news, sizeof news) > 0) continue;
    bool found = false;
    int ended = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &ended, WNOHANG)) > 0;) {
      if (pid != wanted) continue;
      found = true;
      if (status != nullptr) *status = ended;
    }
    return found;
  }

  // False when the guest is not what it was. Whoever stays to hear of it is told what was left.
  bool clean_up(Outcome* outcome) {
    const Instant begun = lab::now();
    auto processes = user_processes();
    while (outcome != nullptr && !processes.empty() && lab::now() - begun < kLastMoments) {
      lab::sleep_for(20ms);
      reap(-1);
      processes = user_processes();
    }
    if (outcome != nullptr) {
      for (const auto& process : processes) outcome->left.push_back(process.text);
    }
    while (!processes.empty() && lab::now() - begun < kLastMoments + 20s) {
      for (const auto& process : processes) ::kill(process.pid, SIGKILL);
      lab::sleep_for(10ms);
      reap(-1);
      processes = user_processes();
    }
    for (const auto& name : run_names()) {
      std::error_code ignored;
      if (!run_at_boot_.contains(name)) fs::remove_all("/run/" + name, ignored);
    }
    // The next program shall not wait for what this one plugged in.
    lab::wait_until(30s, [] { return udev_is_idle(); });
    // Hardware goes when the kernel gets round to it.
    const Instant from = lab::now();
    for (;;) {
      const auto now = inventory();
      if (now && *now == at_boot_ && processes.empty()) return true;
      if (lab::now() - from < kHardwareGoes) {
        lab::sleep_for(100ms);
        continue;
      }
      if (outcome != nullptr && !now) outcome->left.push_back(now.error().text());
      if (outcome != nullptr && now) {
        std::ranges::set_difference(*now, at_boot_, std::back_inserter(outcome->left));
        std::vector<std::string> missing;
        std::ranges::set_difference(at_boot_, *now, std::back_inserter(missing));
        for (const auto& line : missing) outcome->left.push_back("no more: " + line);
      }
      return false;
    }
  }

  [[noreturn]] static void start_anew() {
    say("starts the guest anew");
    lab::sleep_for(200ms);  // what was written to the port gets through
    reset_guest();
    ::_exit(1);
  }

  Folders folders_;
  std::string guest_;
  std::set<std::string> at_boot_;
  std::set<std::string> run_at_boot_;
  UniqueFd signals_;
  bool closed_ = false;  // the program's output
};

}  // namespace
}  // namespace mwan::vm

int main(int argc, char** argv) {
  using namespace mwan;
  if (argc != 3 || ::getpid() != 1) {
    std::cerr << "mwan-vm-agent SOURCE BUILD: process 1 of the virtual machine in tests/vm\n";
    return 2;
  }
  const std::string begun = vm::uptime();
  utsname kernel{};
  ::uname(&kernel);
  if (auto booted = vm::boot(); !booted) {
    vm::say(booted.error().text());
    return 1;
  }
  const std::string guest =
      fmt::format("Linux {}, user space after {}, udev settled after {}",
                  static_cast<const char*>(kernel.release), begun, vm::uptime());
  vm::say(guest);
  const auto served = vm::Agent({argv[1], argv[2]}).serve(guest);
  vm::say(served.error().text());
  return 1;
}
