// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/program.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "hal/process/child.hpp"

namespace mwan {
namespace {

// Of a killed process to be gone; one that hangs in the kernel is left to it.
constexpr Duration kKillPatience = std::chrono::seconds(5);
constexpr std::array kEnding = {SIGTERM, SIGKILL};

}  // namespace

std::string ProgramResult::words() const {
  return ProgramEnd{.exit_code = exit_code, .signal = signal}.words();
}

Status check_program(const std::string& path, uid_t owner, const std::string& where) {
  const auto no = [&](const std::string& why) {
    return failed(FailureClass::Permanent, where, path + " " + why);
  };
  if (!path.starts_with('/')) return no("is not given by its whole path");
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) {
    return no(fmt::format("cannot be used: {}", std::strerror(errno)));
  }
  if (!S_ISREG(file.st_mode)) return no("is not a file");
  if ((file.st_mode & S_IXUSR) == 0) return no("is not executable: chmod 755 it");
  if (file.st_uid != owner) {
    return no(owner == 0 ? "does not belong to root: chown root it" : "belongs to another user");
  }
  if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return no("can be changed by others: chmod go-w it");
  }
  return {};
}

std::string last_words(const std::string& output, std::size_t limit) {
  std::size_t end = output.size();
  while (end > 0 && static_cast<unsigned char>(output[end - 1]) <= ' ') --end;
  const std::size_t begin = end > limit ? end - limit : 0;
  std::string text = begin > 0 ? "..." : "";
  for (const char c : output.substr(begin, end - begin)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < ' ' || byte == 0x7F ? ' ' : c;
  }
  return text;
}

Task<Result<ProgramResult>> run_program(Loop& loop, Program program, Cancel cancel) {
  const std::string name = program.argv.empty() ? std::string() : program.argv[0];
  const std::string where = "program " + name;
  if (!name.starts_with('/')) {
    co_return failed(FailureClass::Permanent, where, "it is not given by its whole path");
  }
  if (cancel.cancelled()) co_return failed(FailureClass::Cancelled, where, "cancelled");

  Child child;
  ProgramResult result;
  if (const int error = child.start(program.argv, program.environment); error != 0) {
    co_return failed(FailureClass::Permanent, where,
                     fmt::format("it cannot be started: {}", std::strerror(error)));
  }
  bool ended = false;
  Notification changed;
  SourceHandle on_output;
  SourceHandle on_exit;
  on_output = loop.watch(child.output_fd(), Loop::Readable, [&](unsigned) {
    const auto more = child.read_some(result.output, program.output_limit, result.cut);
    if (more == Child::Output::End) on_output.reset();
  });
  on_exit = loop.watch(child.exit_fd(), Loop::Readable, [&](unsigned) {
    ended = child.reap();
    if (ended) on_exit.reset();
    changed.notify();
  });

  const Instant until = Loop::now() + program.limit;
  Woken woken = Woken::Notified;
  while (!ended && woken == Woken::Notified) {
    woken = co_await changed.wait(loop, cancel, until - Loop::now());
  }
  const bool in_time = ended;
  const Cancel never;
  for (const int number : kEnding) {
    if (ended) break;
    child.signal_group(number);
    const Duration patience = number == SIGTERM ? program.grace : kKillPatience;
    const Instant limit = Loop::now() + patience;
    while (!ended && Loop::now() < limit) {
      co_await changed.wait(loop, never, limit - Loop::now());
    }
  }
  // What is left in the pipe; its other end may be held by something that goes on.
  while (!result.cut &&
         child.read_some(result.output, program.output_limit, result.cut) == Child::Output::Some) {
  }
  if (!in_time && cancel.cancelled()) {
    co_return failed(FailureClass::Cancelled, where, "cancelled, and ended");
  }
  if (!in_time) {
    const std::string said = last_words(result.output);
    co_return failed(FailureClass::Transient, where,
                     fmt::format("it took longer than {} s and was {}{}{}",
                                 std::chrono::duration<double>(program.limit).count(),
                                 ended ? "ended" : "killed, but hangs in the kernel",
                                 said.empty() ? "" : "; its last words: ", said));
  }
  const ProgramEnd how = ProgramEnd::of(child.status);
  result.exit_code = how.exit_code;
  result.signal = how.signal;
  co_return result;
}

}  // namespace mwan
