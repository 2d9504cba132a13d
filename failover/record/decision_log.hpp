// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes the decision log: JSON lines (codec.hpp), appended, of a bounded size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"
#include "failover/record/link_names.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {

// The file in a state directory, unless another one is configured.
inline std::string decision_log_path(const std::string& state_dir, const std::string& configured) {
  return configured.empty() ? state_dir + "/decisions.jsonl" : configured;
}

struct DecisionLogOptions {
  std::string path;  // empty: nothing is written
  // Reaching it renames the file to path.1 (replacing an older one) and begins a new one, so twice
  // this is the most that the log takes.
  std::uint64_t max_bytes = std::uint64_t{16} << 20U;
  std::function<std::int64_t()> wall_clock;  // seconds since 1970
  // Called once when writing begins to fail, and again only after it worked in between.
  std::function<void(const std::string& what)> complain;
};

// Failures are never fatal: the traffic matters more than its log. What could not be written is
// counted in the log as lost.
class DecisionLog {
 public:
  explicit DecisionLog(DecisionLogOptions options);

  // A run of the engine begins, with this policy. Opens the file (again).
  void begin(const Policy& policy, Instant now);
  // What one Engine::step() took and gave.
  void record(Instant now, const Event& event, const std::vector<Action>& actions);

 private:
  bool open();
  void rotate(Instant now);
  void append(const std::string& lines, Instant now, std::int64_t events);
  [[nodiscard]] std::string beginning(bool continued, Instant now) const;
  void failed(const std::string& what);

  DecisionLogOptions options_;
  Policy policy_;
  LinkNames names_;
  UniqueFd file_;
  std::uint64_t size_ = 0;
  std::int64_t lost_ = 0;  // events since the last one that was written
  bool complained_ = false;
};

}  // namespace mwan::failover
