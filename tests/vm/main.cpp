// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-vm: the virtual machine of this build folder, on the host. docs/vm-lab.md.
#include <csignal>
#include <iostream>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/client.hpp"
#include "tests/vm/keeper.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char* kUsage =
    "mwan-vm boot              start the virtual machine, wait until it is ready; it stays for an "
    "hour\n"
    "mwan-vm run PROGRAM ...   run a program in it; nothing of what it writes stays\n"
    "mwan-vm shell             a shell in it\n"
    "mwan-vm status            is there one, and what is it?\n"
    "mwan-vm stop              end it\n"
    "\n"
    "With MWAN_VM_MACHINE=2 in the environment: all of this with a second one, beside the first.\n"
    "\n"
    "--fixture after boot and stop: for CTest. The machine ends with the program that started it, "
    "and\n"
    "one that was started by hand is used and left alone.\n";

constexpr int kSkipped = 77;

const Folder& folder() {
  static const Folder chosen = Folder::chosen(MWAN_VM_FOLDER);
  return chosen;
}

Request request_here(std::vector<std::string> argv) {
  Request request;
  request.folder = fs::current_path();
  request.environment = passed_environment();
  request.argv = std::move(argv);
  return request;
}

// A process of its own, apart from the terminal and from CTest, which would wait for its output.
Status start_keeper(const KeeperPlan& plan) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return lab::system_failure("a pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return lab::system_failure("starting the virtual machine's keeper");
  if (child == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing.get(), fd);
    const auto lock = folder().become_keeper();
    ::_exit(lock ? keep(folder(), plan, write_end.get()) : 1);
  }
  ::waitpid(child, nullptr, 0);
  write_end.reset();
  char told = 0;
  if (::read(read_end.get(), &told, 1) == 1) return {};
  const std::string why = folder().absence();
  return failed(FailureClass::Permanent, "virtual machine",
                why.empty() ? "its keeper did not start: " + folder().keeper_log().string() : why);
}

int boot(bool fixture) {
  std::error_code error;
  fs::create_directories(folder().path(), error);
  const Instant begun = lab::now();
  const bool runs = folder().keeper().has_value();
  if (runs) {
    std::cout << "It runs already.\n";
  } else {
    folder().forget_absence();
    folder().mark_fixture(fixture);
    fs::remove(folder().console(), error);
    fs::remove(folder().keeper_log(), error);
    KeeperPlan plan{MWAN_VM_KERNEL, MWAN_VM_SOURCE, MWAN_VM_BUILD, MWAN_VM_AGENT,
                    MWAN_VM_INITRAMFS};
    if (fixture) plan.of = ::getppid();
    if (const std::string what = missing(plan); !what.empty()) {
      folder().note_absence(what, fixture);
      std::cout << "No virtual machine: " << what << '\n';
      return fixture ? kSkipped : 1;
    }
    Status status = prepare(folder(), plan);
    if (status) status = start_keeper(plan);
    if (!status) {
      folder().note_absence(status.error().text(), false);
      std::cerr << status.error().text() << '\n';
      return 1;
    }
  }
  const auto ready = run_in_vm(folder(), Request{});
  if (!ready) {
    std::cerr << ready.error().text() << '\n';
    return 1;
  }
  std::cout << fmt::format("{}\nReady after {:.1f} s.\n", ready->guest,
                           static_cast<double>(to_ms(lab::now() - begun)) / 1000);
  return 0;
}

int stop(bool fixture) {
  const auto keeper = folder().keeper();
  if (!keeper) {
    std::cout << "There is none.\n";
    return 0;
  }
  if (fixture && !folder().of_fixture()) {
    std::cout << "It was started by hand and stays.\n";
    return 0;
  }
  ::kill(*keeper, SIGTERM);
  if (lab::wait_until(20s, [] { return !folder().keeper(); })) return 0;
  std::cerr << fmt::format("Its keeper, process {}, does not end.\n", *keeper);
  return 1;
}

int status() {
  if (!folder().keeper()) {
    const std::string why = folder().absence();
    std::cout << "No virtual machine" << (why.empty() ? "" : ": " + why) << '\n';
    return 1;
  }
  const auto answer = run_in_vm(folder(), Request{});
  if (!answer) {
    std::cerr << answer.error().text() << '\n';
    return 1;
  }
  std::cout << answer->guest << "\nConsole: " << folder().console().string() << '\n';
  return 0;
}

int main_of(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  const bool fixture = rest == std::vector<std::string>{"--fixture"};
  const bool plain = rest.empty() || fixture;
  if (command == "boot" && plain) return boot(fixture);
  if (command == "stop" && plain) return stop(fixture);
  if (command == "status" && rest.empty()) return status();
  if (command == "shell" && rest.empty()) {
    Request request = request_here({"/bin/bash", "-l"});
    request.terminal = true;
    return run_and_report(folder(), std::move(request));
  }
  if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
  if (command == "run" && !rest.empty()) return run_and_report(folder(), request_here(rest));
  std::cerr << kUsage;
  return command == "--help" ? 0 : 2;
}

}  // namespace
}  // namespace mwan::vm

int main(int argc, char** argv) { return mwan::vm::main_of({argv + 1, argv + argc}); }
