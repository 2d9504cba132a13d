// SPDX-License-Identifier: LGPL-2.1-or-later
// A link that answers and is of no use all the same: loss and latency against thresholds that lie
// apart, so that it does not come and go. Pure: time comes in with the probes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/link_event.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

// Zero for a `down` switches that threshold off.
struct QualityPolicy {
  // A quarter is far beyond what congestion of the link's own traffic makes.
  std::uint16_t loss_down_permille = 250;
  std::uint16_t loss_up_permille = 100;
  // Off: a full queue delays as well, and moving the traffic would empty it, again and again.
  Duration latency_down{};
  Duration latency_up{};
  Duration stable =
      std::chrono::seconds(10);  // below both `up` for so long before it is well again

  bool operator==(const QualityPolicy&) const = default;
};

class PathQuality {
 public:
  explicit PathQuality(const QualityPolicy& policy) : policy_(policy) {}

  void observe(Instant now, const fact::Probe& probe);
  // What was measured belongs to an addressing that is gone.
  void clear();
  [[nodiscard]] bool poor() const { return poor_; }
  // "30.0 % of the probes lost (limit 25 %), 812 ms of delay (limit 500 ms)"; of a poor path.
  [[nodiscard]] std::string words() const;

 private:
  QualityPolicy policy_;
  bool poor_ = false;
  std::optional<Instant> better_since_;  // below the thresholds to come back, without a break
  std::optional<std::uint16_t> loss_permille_;
  std::optional<Duration> latency_;
};

}  // namespace mwan::failover
