// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "hal/process/left_behind.hpp"

namespace mwan {
namespace {

constexpr Duration kFirstBackOff = std::chrono::seconds(1);
constexpr Duration kLastBackOff = std::chrono::seconds(60);
// So long it must have run for its end to be no failure to start.
constexpr Duration kRanWell = std::chrono::seconds(60);
// The keeper's own time for killing what is left, and some.
constexpr Duration kKeeperPatience = std::chrono::seconds(5);
constexpr int kLinesPerMinute = 120;
constexpr std::size_t kReadAtOnce = 65536;

}  // namespace

Supervisor::Supervisor(Loop& loop, SupervisedProgram program, Calls calls)
    : loop_(loop), program_(std::move(program)), calls_(std::move(calls)) {}

void Supervisor::start() {
  if (job_.running()) return;
  cancel_ = Cancel();
  job_.start(keep());
}

Task<void> Supervisor::stop() {
  cancel_.cancel();
  const Cancel never;
  while (job_.running()) co_await finished_.wait(loop_, never, kKeeperPatience);
}

void Supervisor::signal(int number) const { child_.signal(number); }

Task<void> Supervisor::keep() {
  const auto& program = program_.argv[0];
  Task<bool> leftovers = end_left_behind(loop_, program_.pid_file, program, program_.grace);
  const bool found = co_await leftovers;
  if (found) say(fmt::format("{} of an earlier run was ended", program));
  Duration back_off = kFirstBackOff;
  while (!cancel_.cancelled()) {
    const Instant started = Loop::now();
    Task<ProgramEnd> run = run_once();
    const ProgramEnd end = co_await run;
    std::error_code ignored;
    std::filesystem::remove(program_.pid_file, ignored);
    if (cancel_.cancelled()) break;
    if (Loop::now() - started >= kRanWell) back_off = kFirstBackOff;
    const auto again = calls_.ended(end, back_off);
    if (!again) break;
    back_off = std::min(back_off * 2, kLastBackOff);
    co_await pause(loop_, cancel_, *again);
  }
  finished_.notify();
}

Task<ProgramEnd> Supervisor::run_once() {
  std::vector<std::string> argv = {program_.keeper.string(), "--parent", std::to_string(getpid()),
                                   "--grace", std::to_string(to_ms(program_.grace))};
  for (const auto& folder : program_.folders) {
    argv.emplace_back("--folder");
    argv.push_back(folder.at + "=" + folder.instead);
  }
  argv.emplace_back("--");
  argv.insert(argv.end(), program_.argv.begin(), program_.argv.end());
  if (const int error = child_.start(argv); error != 0) {
    say(fmt::format("starting {}: {}", program_.keeper.string(), std::strerror(error)));
    co_return ProgramEnd{.exit_code = 127};
  }
  if (const auto noted = note_group(program_.pid_file, child_.pid()); !noted) {
    say(noted.error().text());
  }
  bool ended = false;
  on_output_ = loop_.watch(child_.output_fd(), Loop::Readable, [this](unsigned) { read_output(); });
  on_exit_ = loop_.watch(child_.exit_fd(), Loop::Readable, [this, &ended](unsigned) {
    ended = child_.reap_with_group();
    if (ended) on_exit_.reset();
    changed_.notify();
  });
  const CancelSubscription on_cancel(cancel_, [this] { child_.signal(SIGTERM); });
  while (!ended && !cancel_.cancelled()) {
    co_await changed_.wait(loop_, cancel_, std::chrono::hours(1));
  }
  const Cancel never;
  const Instant patience = Loop::now() + program_.grace + kKeeperPatience;
  const Instant limit = patience + kKeeperPatience;
  bool killed = false;
  while (!ended && Loop::now() < limit) {
    if (Loop::now() >= patience && !std::exchange(killed, true)) child_.signal_group(SIGKILL);
    co_await changed_.wait(loop_, never, (killed ? limit : patience) - Loop::now());
  }
  on_exit_.reset();
  if (on_output_.active()) read_output();
  on_output_.reset();
  for (const std::string& line : lines_.finish()) say(line);
  co_return ended ? ProgramEnd::of(child_.status) : ProgramEnd{.signal = SIGKILL};
}

void Supervisor::read_output() {
  std::string text;
  bool cut = false;
  Child::Output more = Child::Output::Some;
  while (more == Child::Output::Some && text.size() < kReadAtOnce) {
    more = child_.read_some(text, kReadAtOnce, cut);
  }
  if (more == Child::Output::End) on_output_.reset();
  for (const std::string& line : lines_.take(text)) say(line);
}

void Supervisor::say(const std::string& line) {
  last_line_ = line;
  if (!calls_.line) return;
  const Instant now = Loop::now();
  if (now - flood_since_ > std::chrono::minutes(1)) {
    flood_since_ = now;
    flood_lines_ = 0;
  }
  if (++flood_lines_ < kLinesPerMinute) {
    calls_.line(line);
  } else if (flood_lines_ == kLinesPerMinute) {
    calls_.line("(it says too much; the rest of this minute is left out)");
  }
}

}  // namespace mwan
