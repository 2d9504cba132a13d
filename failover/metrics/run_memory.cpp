// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/run_memory.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "hal/number.hpp"

namespace mwan::failover {
namespace {

constexpr std::size_t most_profiles = 1000;

}  // namespace

std::string encode_run_memory(const RunMemory& memory) {
  std::string out = fmt::format("penalty {}\nswitches {}\n", memory.penalty, memory.switches);
  for (const auto& [name, count] : memory.taken) out += fmt::format("taken {} {}\n", name, count);
  return out;
}

RunMemory decode_run_memory(std::string_view text) {
  RunMemory out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string what;
    std::string name;
    std::string number;
    words >> what;
    if (what == "taken") words >> name;
    words >> number;
    if (what == "penalty") {
      double penalty = 0;
      const char* const end = number.data() + number.size();
      const auto [stop, error] = std::from_chars(number.data(), end, penalty);
      if (error == std::errc{} && stop == end && std::isfinite(penalty)) out.penalty = penalty;
    } else if (const auto count = whole_number<std::uint64_t>(number)) {
      if (what == "switches") out.switches = *count;
      if (what == "taken" && out.taken.size() < most_profiles) out.taken[name] = *count;
    }
  }
  return out;
}

}  // namespace mwan::failover
