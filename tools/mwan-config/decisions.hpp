// SPDX-License-Identifier: LGPL-2.1-or-later
// The decision log in words: what was decided, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "failover/record/decision_reader.hpp"
#include "hal/error.hpp"

namespace mwan::config_tool {

struct Decision {
  std::optional<std::int64_t> unix_s;  // where the log tells
  std::string words;
};

// Files are added in their order, the older one (.1) first.
class Decisions {
 public:
  // The last ones are kept, so many.
  explicit Decisions(std::size_t most) : most_(most) {}
  // To the end, or to the first line that is none of a log.
  Status add(failover::DecisionReader& reader);
  [[nodiscard]] const std::deque<Decision>& last() const { return last_; }

 private:
  void take(const failover::Record& record, const failover::LinkNames& names);
  void keep(Instant time, std::string words);

  std::size_t most_;
  std::optional<failover::record::WallClock> clock_;
  std::deque<Decision> last_;
};

// "2026-01-31 12:00:00", in this host's time zone.
std::string local_time(std::int64_t unix_s);

// Empty for what is no decision.
std::string words(const failover::Action& action, const failover::LinkNames& names);

}  // namespace mwan::config_tool
