// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/path_window.hpp"

#include <algorithm>

namespace mwan::failover {

void TargetWindow::add(Instant now, std::optional<Duration> answered) {
  samples_.push_back({now, answered});
  while (samples_.size() > most || samples_.front().time + length_ < now) samples_.pop_front();
}

std::optional<PathFigures> TargetWindow::figures(Instant now) const {
  std::size_t lost = 0;
  std::size_t lost_in_row = 0;
  std::size_t answers = 0;
  std::size_t steps = 0;
  Duration sum{};
  Duration differences{};
  std::optional<Duration> last;
  for (const Sample& sample : samples_) {
    if (sample.time + length_ < now) continue;
    if (!sample.answered) {
      ++lost_in_row;
      ++lost;
      if (lost_in_row == outage) lost -= outage;
      if (lost_in_row > outage) --lost;
      continue;
    }
    lost_in_row = 0;
    ++answers;
    sum += *sample.answered;
    if (last) {
      differences += std::chrono::abs(*sample.answered - *last);
      ++steps;
    }
    last = sample.answered;
  }
  const std::size_t count = answers + lost;
  if (count < fewest) return std::nullopt;
  PathFigures out;
  out.loss_permille = static_cast<std::uint16_t>(lost * 1000 / count);
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
  if (loss.empty()) return std::nullopt;
  const auto nth_best = [quorum](auto& values) {
    const std::size_t n = std::clamp<std::size_t>(quorum, 1, values.size()) - 1;
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(n));
    return values[n];
  };
  PathFigures out;
  out.loss_permille = nth_best(loss);
  if (!latency.empty()) out.latency = nth_best(latency);
  if (!jitter.empty()) out.jitter = nth_best(jitter);
  return out;
}

}  // namespace mwan::failover
