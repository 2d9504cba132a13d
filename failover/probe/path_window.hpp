// SPDX-License-Identifier: LGPL-2.1-or-later
// How well the targets of a link were reached lately: loss, latency and jitter over a window. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "hal/time.hpp"

namespace mwan::failover {

struct PathFigures {
  std::uint16_t loss_permille = 0;
  std::optional<Duration> latency;  // mean; none when nothing was answered
  std::optional<Duration> jitter;   // mean difference of one answer's latency to the next one's
  bool operator==(const PathFigures&) const = default;
};

// What became of the questions to one target.
class TargetWindow {
 public:
  explicit TargetWindow(Duration length) : length_(length) {}

  // answered: after how long; nothing: the question was lost. now never goes back.
  void add(Instant now, std::optional<Duration> answered);
  // Nothing while there are too few to tell a rate from an accident.
  [[nodiscard]] std::optional<PathFigures> figures(Instant now) const;
  // Questions, without those of an outage.
  struct Count {
    std::size_t asked = 0;
    std::size_t lost = 0;
  };
  [[nodiscard]] Count count(Instant now) const;

  // So many lost in a row are an outage, of the link or of the target, and no rate of loss: rounds
  // tell the one, and the other is nobody's fault. They are left out.
  static constexpr std::size_t outage = 5;
  // One short of an outage stays below the usual threshold.
  static constexpr std::size_t fewest = 20;
  static constexpr std::size_t most = 1000;  // older ones are forgotten before their time

 private:
  struct Sample {
    Instant time;
    std::optional<Duration> answered;
  };
  Duration length_;
  std::deque<Sample> samples_;  // in their order
};

// The figures of the link: those of its quorum-th best target, so that a dead target, or all but
// the quorum, spoils none of them. Each of the figures is judged for itself. Targets that lose
// about the same tell of the link's own loss, so that all their questions count together: the best
// of many would look better than the link is.
std::optional<PathFigures> of_link(std::span<const TargetWindow> targets, std::uint16_t quorum,
                                   Instant now);

}  // namespace mwan::failover
