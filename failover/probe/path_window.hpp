// SPDX-License-Identifier: LGPL-2.1-or-later
// How well the targets of a link were reached lately: loss, latency and jitter over a window. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "failover/probe/loss_test.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

struct PathFigures {
  std::uint16_t loss_permille = 0;
  std::optional<Duration> latency;  // mean; none when nothing was answered
  std::optional<Duration> jitter;   // mean difference of one answer's latency to the next one's
  bool operator==(const PathFigures&) const = default;
};

// What became of the questions to one target, in the order in which they were asked.
class TargetWindow {
 public:
  explicit TargetWindow(Duration length) : length_(length) {}

  // answered: after how long; nothing: the question was lost. cut: so were those to all other
  // targets at that time. now never goes back.
  void add(Instant now, std::optional<Duration> answered, bool cut = false);

  // Of the questions in the window, without those of an outage.
  struct Tally {
    std::size_t asked = 0;
    std::size_t lost = 0;
    std::size_t runs = 0;  // of lost ones without an answer between
    std::size_t answers = 0;
    Duration latencies{};    // of all of them
    std::size_t steps = 0;   // from one answer to the next
    Duration differences{};  // in latency, of these
    // Enough to tell a rate from an accident.
    [[nodiscard]] bool enough() const { return asked >= fewest; }
    [[nodiscard]] PathFigures figures() const;  // of enough
  };
  [[nodiscard]] Tally tally(Instant now) const;

  // Of those in the window and, while the pauses between them were no longer than it, before it.
  [[nodiscard]] const LossTest& test() const { return test_; }
  // Asked since the last pause that was longer than the window.
  [[nodiscard]] std::size_t asked_lately() const { return asked_lately_; }

  static constexpr std::size_t outage = LossTest::outage;  // left out of rates
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
  LossTest test_;
  std::size_t asked_lately_ = 0;
};

// The figures of the link: those of its quorum-th best target, so that a dead target, or all but
// the quorum, spoils none of them. Each of the figures is judged for itself. Targets that lose
// about the same tell of the link's own loss, so that all their questions count together: the best
// of many would look better than the link is. Loss that the targets' LossTests have shown is told
// before there are enough questions for a rate.
std::optional<PathFigures> of_link(std::span<const TargetWindow> targets, std::uint16_t quorum,
                                   Instant now);

// Whether more questions would show soon whether the link loses too many: half of its targets have
// lost some lately.
bool undecided(std::span<const TargetWindow> targets);

}  // namespace mwan::failover
