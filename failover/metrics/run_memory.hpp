// SPDX-License-Identifier: LGPL-2.1-or-later
// What one run of the daemon leaves to the next beside the link it used: counters and the penalty
// on moving the traffic. A text of one line each, "switches 12", "taken lte 5", "penalty 1.25".
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mwan::failover {

struct RunMemory {
  double penalty = 0;  // Engine::penalty()
  std::uint64_t switches = 0;
  std::map<std::string, std::uint64_t> taken;  // by profile: how often traffic was moved to it
  bool operator==(const RunMemory&) const = default;
};

std::string encode_run_memory(const RunMemory& memory);
// Any input is fine: lines that say nothing are left out, and so is what exceeds a thousand
// profiles.
RunMemory decode_run_memory(std::string_view text);

}  // namespace mwan::failover
