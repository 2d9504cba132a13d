// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/timeline.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <map>

#include <fmt/format.h>

namespace mwan::lab {

namespace {

constexpr std::size_t witness_count = static_cast<std::size_t>(Witness::Packets) + 1;

struct Look {
  std::string_view name;
  std::string_view colour;  // SGR escape sequence
};
constexpr std::array<Look, witness_count> looks = {{
    {"cause", "\x1b[1;31m"},
    {"modem", "\x1b[35m"},
    {"daemon", "\x1b[36m"},
    {"route", "\x1b[1;32m"},
    {"packets", "\x1b[33m"},
}};

const Look& look(Witness witness) { return looks.at(static_cast<std::size_t>(witness)); }

}  // namespace

std::string_view name(Witness witness) { return look(witness).name; }

std::vector<TimelineEntry> tidy(std::vector<TimelineEntry> entries, Instant from, Instant to) {
  std::erase_if(entries, [&](const auto& e) { return e.time < from || e.time > to; });
  std::ranges::stable_sort(entries, {}, &TimelineEntry::time);

  // Per witness and kind: the entry before, and whether it was itself a repetition (and so may
  // still be replaced by the next one).
  struct Before {
    std::size_t index = 0;
    bool repetition = false;
  };
  std::array<std::map<std::string, Before, std::less<>>, witness_count> before;
  std::vector<bool> drop(entries.size(), false);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& runs = before.at(static_cast<std::size_t>(entries[i].witness));
    if (entries[i].kind.empty()) {
      runs.clear();
      continue;
    }
    const auto [run, first] = runs.try_emplace(entries[i].kind, Before{i, false});
    if (first) continue;
    if (run->second.repetition) drop[run->second.index] = true;
    run->second = {i, true};
  }
  std::vector<TimelineEntry> kept;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!drop[i]) kept.push_back(std::move(entries[i]));
  }
  return kept;
}

std::string relative_time(Duration d) {
  const double ms = static_cast<double>(d.count()) / 1000.0;
  return std::abs(ms) < 100 ? fmt::format("{:+.1f} ms", ms) : fmt::format("{:+.0f} ms", ms);
}

std::string render(const std::vector<TimelineEntry>& entries, Instant cause, bool colour) {
  std::string text;
  for (const TimelineEntry& entry : entries) {
    const Look& l = look(entry.witness);
    text += fmt::format("{:>11}  {}{:<7}{}  {}\n", relative_time(entry.time - cause),
                        colour ? l.colour : "", l.name, colour ? "\x1b[0m" : "", entry.text);
  }
  return text;
}

}  // namespace mwan::lab
