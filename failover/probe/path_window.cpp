// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/path_window.hpp"

#include <algorithm>

namespace mwan::failover {
namespace {

std::uint16_t permille(std::size_t lost, std::size_t asked) {
  return static_cast<std::uint16_t>(lost * 1000 / asked);
}

// The share that was lost, or how often an answered question was followed by a lost one, whichever
// is less: they are the same where losses come by chance, and a few cuts, however many questions
// they take, are no rate of loss.
std::uint16_t loss(const TargetWindow::Tally& tally) {
  const std::uint16_t share = permille(tally.lost, tally.asked);
  return tally.runs < tally.answers ? std::min(share, permille(tally.runs, tally.answers)) : share;
}

// Loss of all targets that were asked enough together, where it is about the same for each.
std::optional<std::uint16_t> common_loss(const std::vector<TargetWindow::Tally>& targets) {
  constexpr std::uint16_t far_apart = 350;  // permille: what chance makes of twenty questions
  TargetWindow::Tally all;
  std::uint16_t least = 1000;
  std::uint16_t most = 0;
  for (const TargetWindow::Tally& target : targets) {
    least = std::min(least, loss(target));
    most = std::max(most, loss(target));
    all.asked += target.asked;
    all.lost += target.lost;
    all.runs += target.runs;
    all.answers += target.answers;
  }
  if (all.asked == 0 || most - least > far_apart) return std::nullopt;
  return loss(all);
}

// Those that can say something of the link at the moment: not the dead ones, and not those that are
// hardly asked beside the others.
std::vector<const TargetWindow*> witnesses(std::span<const TargetWindow> targets) {
  std::size_t most = 0;
  for (const TargetWindow& target : targets) most = std::max(most, target.asked_lately());
  std::vector<const TargetWindow*> out;
  for (const TargetWindow& target : targets) {
    const std::size_t asked = target.asked_lately();
    if (asked > 0 && asked * 2 >= most && target.test().lost_in_row() < LossTest::outage)
      out.push_back(&target);
  }
  return out;
}

template <class T>
T nth_best(std::vector<T>& values, std::uint16_t quorum) {
  const std::size_t n = std::clamp<std::size_t>(quorum, 1, values.size()) - 1;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(n));
  return values[n];
}

// The loss that has been shown already, though by few questions: by all targets together, and by
// each of those that the quorum needs.
std::optional<std::uint16_t> shown_loss(std::span<const TargetWindow> targets,
                                        std::uint16_t quorum) {
  double together = 0;
  std::size_t asked = 0;
  std::size_t lost = 0;
  std::vector<double> scores;
  for (const TargetWindow* target : witnesses(targets)) {
    const LossTest& test = target->test();
    together += test.score();
    asked += test.asked();
    lost += test.lost();
    scores.push_back(test.score());
  }
  if (together < LossTest::certain || nth_best(scores, quorum) < LossTest::shown) {
    return std::nullopt;
  }
  return permille(lost, asked);
}

}  // namespace

void TargetWindow::add(Instant now, std::optional<Duration> answered, bool cut) {
  samples_.push_back({now, answered});
  while (samples_.size() > most || samples_.front().time + length_ < now) samples_.pop_front();
  if (samples_.size() == 1) {
    test_ = LossTest();
    asked_lately_ = 0;
  }
  ++asked_lately_;
  test_.add(!answered, cut);
}

TargetWindow::Tally TargetWindow::tally(Instant now) const {
  Tally out;
  std::size_t lost_in_row = 0;
  std::optional<Duration> last;
  for (const Sample& sample : samples_) {
    if (sample.time + length_ < now) continue;
    if (sample.answered) {
      ++out.asked;
      ++out.answers;
      out.latencies += *sample.answered;
      if (last) {
        out.differences += std::chrono::abs(*sample.answered - *last);
        ++out.steps;
      }
      last = sample.answered;
      lost_in_row = 0;
      continue;
    }
    ++lost_in_row;
    if (lost_in_row == 1) ++out.runs;
    if (lost_in_row < outage) {
      ++out.asked;
      ++out.lost;
    } else if (lost_in_row == outage) {
      --out.runs;
      out.asked -= outage - 1;
      out.lost -= outage - 1;
    }
  }
  return out;
}

PathFigures TargetWindow::Tally::figures() const {
  PathFigures out;
  out.loss_permille = loss(*this);
  if (answers > 0) out.latency = latencies / static_cast<std::int64_t>(answers);
  if (steps > 0) out.jitter = differences / static_cast<std::int64_t>(steps);
  return out;
}

std::optional<PathFigures> of_link(std::span<const TargetWindow> targets, std::uint16_t quorum,
                                   Instant now) {
  std::vector<TargetWindow::Tally> tallies;
  std::vector<std::uint16_t> losses;
  std::vector<Duration> latency;
  std::vector<Duration> jitter;
  for (const TargetWindow& target : targets) {
    const TargetWindow::Tally tally = target.tally(now);
    // Of fewer, the losses of an outage that is not yet counted as one would be too many.
    if (!tally.enough()) continue;
    tallies.push_back(tally);
    const PathFigures figures = tally.figures();
    losses.push_back(figures.loss_permille);
    if (figures.latency) latency.push_back(*figures.latency);
    if (figures.jitter) jitter.push_back(*figures.jitter);
  }
  const auto shown = shown_loss(targets, quorum);
  const auto common = common_loss(tallies);
  if (!shown && losses.empty()) return std::nullopt;
  PathFigures out;
  out.loss_permille = shown ? *shown : common ? *common : nth_best(losses, quorum);
  if (!latency.empty()) out.latency = nth_best(latency, quorum);
  if (!jitter.empty()) out.jitter = nth_best(jitter, quorum);
  return out;
}

bool undecided(std::span<const TargetWindow> targets) {
  const auto all = witnesses(targets);
  const auto losing = std::ranges::count_if(
      all, [](const TargetWindow* target) { return target->test().score() > 0; });
  return losing > 0 && static_cast<std::size_t>(losing) * 2 >= all.size();
}

}  // namespace mwan::failover
