// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/path_window.hpp"

#include <algorithm>

namespace mwan::failover {
namespace {

std::uint16_t permille(const TargetWindow::Count& count) {
  return static_cast<std::uint16_t>(count.lost * 1000 / count.asked);
}

// Loss of all targets that were asked enough together, where it is about the same for each.
std::optional<std::uint16_t> common_loss(std::span<const TargetWindow> targets, Instant now) {
  constexpr std::uint16_t far_apart = 350;  // permille: what chance makes of twenty questions
  TargetWindow::Count all;
  std::uint16_t least = 1000;
  std::uint16_t most = 0;
  for (const TargetWindow& target : targets) {
    const auto counted = target.count(now);
    // Of fewer, the losses of an outage that is not yet counted as one would be too many.
    if (counted.asked < TargetWindow::fewest) continue;
    least = std::min(least, permille(counted));
    most = std::max(most, permille(counted));
    all.asked += counted.asked;
    all.lost += counted.lost;
  }
  if (all.asked == 0 || most - least > far_apart) return std::nullopt;
  return permille(all);
}

}  // namespace

void TargetWindow::add(Instant now, std::optional<Duration> answered) {
  samples_.push_back({now, answered});
  while (samples_.size() > most || samples_.front().time + length_ < now) samples_.pop_front();
}

TargetWindow::Count TargetWindow::count(Instant now) const {
  Count out;
  std::size_t lost_in_row = 0;
  for (const Sample& sample : samples_) {
    if (sample.time + length_ < now) continue;
    if (sample.answered) {
      ++out.asked;
      lost_in_row = 0;
      continue;
    }
    ++lost_in_row;
    if (lost_in_row < outage) {
      ++out.asked;
      ++out.lost;
    } else if (lost_in_row == outage) {
      out.asked -= outage - 1;
      out.lost -= outage - 1;
    }
  }
  return out;
}

std::optional<PathFigures> TargetWindow::figures(Instant now) const {
  const Count counted = count(now);
  if (counted.asked < fewest) return std::nullopt;
  std::size_t answers = 0;
  std::size_t steps = 0;
  Duration sum{};
  Duration differences{};
  std::optional<Duration> last;
  for (const Sample& sample : samples_) {
    if (sample.time + length_ < now) continue;
    if (!sample.answered) continue;
    ++answers;
    sum += *sample.answered;
    if (last) {
      differences += std::chrono::abs(*sample.answered - *last);
      ++steps;
    }
    last = sample.answered;
  }
  PathFigures out;
  out.loss_permille = permille(counted);
  if (answers > 0) out.latency = sum / static_cast<std::int64_t>(answers);
  if (steps > 0) out.jitter = differences / static_cast<std::int64_t>(steps);
  return out;
}

std::optional<PathFigures> of_link(std::span<const TargetWindow> targets, std::uint16_t quorum,
                                   Instant now) {
  std::vector<std::uint16_t> loss;
  std::vector<Duration> latency;
  std::vector<Duration> jitter;
  for (const TargetWindow& target : targets) {
    const auto figures = target.figures(now);
    if (!figures) continue;
    loss.push_back(figures->loss_permille);
    if (figures->latency) latency.push_back(*figures->latency);
    if (figures->jitter) jitter.push_back(*figures->jitter);
  }
  const auto common = common_loss(targets, now);
  if (loss.empty() && !common) return std::nullopt;
  const auto nth_best = [quorum](auto& values) {
    const std::size_t n = std::clamp<std::size_t>(quorum, 1, values.size()) - 1;
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(n));
    return values[n];
  };
  PathFigures out;
  out.loss_permille = common ? *common : nth_best(loss);
  if (!latency.empty()) out.latency = nth_best(latency);
  if (!jitter.empty()) out.jitter = nth_best(jitter);
  return out;
}

}  // namespace mwan::failover
