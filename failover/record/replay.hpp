// SPDX-License-Identifier: LGPL-2.1-or-later
// Feeds the events of a decision log to a fresh engine and compares what it decides with what was
// decided then: the same program must give the same actions, a changed one shows what it changes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/engine.hpp"
#include "failover/record/decision_reader.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

struct Difference {
  std::string where;  // of the event: "decisions.jsonl:12"
  Instant time;
  std::string event;                  // as in the log
  std::vector<std::string> logged;    // the actions then, from the first that differs on
  std::vector<std::string> replayed;  // and now

  bool operator==(const Difference&) const = default;
};

struct ReplayReport {
  std::size_t runs = 0;  // of the engine: one a header
  std::size_t events = 0;
  std::size_t actions = 0;              // replayed
  std::vector<Difference> differences;  // the first 1000
  // Events that could not be compared: others of the same run before them were lost, or are in an
  // older file that was not given.
  std::size_t skipped = 0;
  bool torn = false;  // the writer was killed within the last record

  bool operator==(const ReplayReport&) const = default;
};

// A log that was rotated is added in its order, the older file (.1) first.
class Replay {
 public:
  // Reads to the end. An error (a line that is no record, files in the wrong order) leaves the
  // report as it was up to there.
  Status add(DecisionReader& reader);
  // After the last file.
  ReplayReport finish();

 private:
  struct Pending {
    std::string where;
    Instant time;
    std::string event;
    std::vector<std::string> logged;
    std::vector<std::string> replayed;
  };
  Status begin(const record::Header& header, const std::string& where);
  void take(const record::TimedEvent& event, const DecisionReader& reader);
  void compare(bool run_ends);

  std::optional<Engine> engine_;
  std::optional<Pending> pending_;
  bool blind_ = false;  // events were lost: the engine's state is not that of then
  ReplayReport report_;
};

}  // namespace mwan::failover
