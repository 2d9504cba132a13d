// SPDX-License-Identifier: LGPL-2.1-or-later
// Plays recorded links to the daemon's own engine in virtual time, and notes which link it chose.
//
// What is heard in a second is told at its end; the engine's answer, within its few milliseconds of
// waiting for the rest of a modem's news, is the link of the next second. Everything the engine
// asks for succeeds at once. Rounds of probes leave at the pace it asks for; one whose time is the
// end of a second belongs to that second.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "failover/core/engine.hpp"

namespace mwan::replay {

// A link as recorded.
class RecordedLink {
 public:
  virtual ~RecordedLink() = default;
  // What its modem reports at the end of second t.
  virtual std::vector<Fact> heard(std::size_t second) = 0;
  // Whether a probe comes back, the how-manieth of the second.
  [[nodiscard]] virtual bool answers(std::size_t second, std::uint64_t probe) const = 0;

 protected:
  RecordedLink() = default;
  RecordedLink(const RecordedLink&) = default;
  RecordedLink& operator=(const RecordedLink&) = default;
};

struct DriveSecond {
  std::uint16_t active = 0;  // the link chosen for this second
  std::string reason;        // why it was taken; empty when nothing changed
};

// What the engine thought of a link at the end of a second; for pictures.
struct Opinion {
  failover::Assessment assessment;
};

struct DriveResult {
  std::vector<DriveSecond> seconds;
  std::uint64_t probes = 0;
  std::uint64_t events = 0;
  std::uint64_t switches = 0;
  std::vector<std::vector<Opinion>> opinions;  // [second][link]; only when asked for
};

struct DriveOptions {
  std::size_t radio_late_s = 0;  // facts come so many seconds late
  bool opinions = false;
  std::uint16_t probes_per_round = 5;
};

// policy.links are the links, in their order; the first is in use in second 0.
DriveResult drive(const failover::Policy& policy, const std::vector<RecordedLink*>& links,
                  std::size_t seconds, const DriveOptions& options = {});

}  // namespace mwan::replay
