// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/clock.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>

namespace mwan::lab {

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

void remember_interrupt(int) { interrupt_seen = 1; }

constexpr Duration poll_pace = std::chrono::milliseconds(20);

void pause_for(Duration d) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(d);
  const timespec pause{whole.count(), std::chrono::nanoseconds(d - whole).count()};
  nanosleep(&pause, nullptr);  // a signal may end it early: the callers look again
}

}  // namespace

Instant now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return Instant(std::chrono::seconds(t.tv_sec) +
                 std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(t.tv_nsec)));
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = remember_interrupt;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

bool interrupted() { return interrupt_seen != 0; }

bool wait_until(Duration limit, const std::function<bool()>& condition) {
  const Instant end = now() + limit;
  while (!condition()) {
    const Duration left = end - now();
    if (interrupted() || left <= Duration::zero()) return false;
    pause_for(std::min(left, poll_pace));
  }
  return true;
}

bool sleep_for(Duration d) {
  wait_until(d, [] { return false; });
  return !interrupted();
}

}  // namespace mwan::lab
