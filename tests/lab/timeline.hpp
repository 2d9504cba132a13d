// SPDX-License-Identifier: LGPL-2.1-or-later
// What happened when, from several witnesses, as lines for people. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hal/time.hpp"

namespace mwan::lab {

enum class Witness {
  Cause,   // what the lab did to the links
  Modem,   // the simulated modem's radio
  Daemon,  // the daemon's decision log
  Route,   // the kernel's route messages
  Packets  // the sender and the server
};
std::string_view name(Witness witness);

struct TimelineEntry {
  Instant time;
  Witness witness = Witness::Cause;
  std::string text;
  // Entries of the same kind (not empty) with nothing between them but entries of other kinds, all
  // of one witness, are shown as two: the first and the last.
  std::string kind;

  bool operator==(const TimelineEntry&) const = default;
};

// Puts the entries in the order of time, drops those outside of [from, to], and leaves out what
// only repeats.
std::vector<TimelineEntry> tidy(std::vector<TimelineEntry> entries, Instant from, Instant to);

// One line an entry, times relative to the cause. colour: with terminal escape sequences.
std::string render(const std::vector<TimelineEntry>& entries, Instant cause, bool colour);

// "+12.3 ms", "-4.0 ms", "+1234 ms"
std::string relative_time(Duration d);

}  // namespace mwan::lab
