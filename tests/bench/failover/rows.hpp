// SPDX-License-Identifier: LGPL-2.1-or-later
// The rows of the benchmark's table: what goes wrong, under which load, and what is right.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "tests/bench/failover/application.hpp"
#include "tests/bench/failover/causes.hpp"

namespace mwan::bench {

enum class Load {
  None,           // nobody uses the lines
  Packets,        // 100 numbered packets a second, echoed
  ShortRequests,  // see Application
  LongFlow,
  Upload
};

enum class Right {
  Leave,      // the default route goes to the second line
  Stay,       // nothing moves
  BringBack,  // the default route through the first line comes back
  Either      // a blackout: what is lost counts, not what was done
};

struct Row {
  std::string_view name;
  std::string_view title;
  Cause cause;
  Load load;
  Right right;
  Duration outage{};  // 0: for good
  // With our daemon the first line is a modem's, and this is its simulator's scenario after a
  // trigger; the peers, who see no radio, get `cause`, which loses the same packets.
  std::string_view modem;
};

std::span<const Row> all_rows();
const Row* find_row(std::string_view name);

}  // namespace mwan::bench
