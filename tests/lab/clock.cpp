// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/clock.hpp"

#include <csignal>
#include <ctime>

namespace mwan::lab {

namespace {

volatile std::sig_atomic_t interrupt_seen = 0;

void remember_interrupt(int) { interrupt_seen = 1; }

constexpr Duration poll_pace = std::chrono::milliseconds(2);

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
    if (interrupted() || now() >= end) return false;
    const timespec pace{0, std::chrono::nanoseconds(poll_pace).count()};
    nanosleep(&pace, nullptr);
  }
  return true;
}

bool sleep_for(Duration d) {
  wait_until(d, [] { return false; });
  return !interrupted();
}

}  // namespace mwan::lab
