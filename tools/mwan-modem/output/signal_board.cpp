// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/signal_board.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "tools/mwan-modem/output/words.hpp"

namespace mwan::tool {
namespace {

constexpr std::array kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::size_t kMostSlices = 240;
// What stands beside the picture: name, value, grade, lowest and highest.
constexpr std::size_t kBesideSparkline = 52;
constexpr std::size_t kFewestSlices = 10;

}  // namespace

void SignalBoard::put(Instant now, const SignalSample& sample) {
  const auto at = std::ranges::find(current_, sample.rat, &SignalSample::rat);
  if (sample.empty()) {
    if (at != current_.end()) current_.erase(at);
  } else if (at != current_.end()) {
    *at = sample;
  } else {
    current_.push_back(sample);
  }
  history_.push_back({now, sample});
  // The last one before the window is kept: it is in force until the next.
  while (history_.size() > 1 && history_[1].time < now - window_) history_.pop_front();
}

SignalBoard::Trend SignalBoard::trend(Rat rat, Metric metric, Instant now,
                                      std::size_t slices) const {
  Trend out;
  slices = std::min(slices, kMostSlices);
  std::optional<double> value;
  auto next = history_.begin();
  for (std::size_t i = 0; i < slices; ++i) {
    const auto count = static_cast<Duration::rep>(2 * slices);
    const Duration back = window_ * static_cast<Duration::rep>(2 * (slices - i) - 1) / count;
    for (; next != history_.end() && next->time <= now - back; ++next) {
      if (next->sample.rat == rat) value = value_of(next->sample, metric);
    }
    out.slices.push_back(value);
  }
  for (const Entry& entry : history_) {
    if (entry.sample.rat != rat) continue;
    const auto one = value_of(entry.sample, metric);
    if (!one) continue;
    out.low = std::min(out.low.value_or(*one), *one);
    out.high = std::max(out.high.value_or(*one), *one);
  }
  return out;
}

std::string sparkline(const std::vector<std::optional<double>>& slices, Span span) {
  std::string out;
  for (const auto& value : slices) {
    if (!value) {
      out += ' ';
      continue;
    }
    const double part = std::clamp((*value - span.low) / (span.high - span.low), 0.0, 1.0);
    const auto step =
        static_cast<std::size_t>(std::lround(part * static_cast<double>(kBars.size() - 1)));
    out += kBars.at(step);
  }
  return out;
}

std::string one_line(const std::vector<SignalSample>& samples, std::size_t width) {
  std::string out;
  for (const SignalSample& sample : samples) {
    if (!out.empty()) out += "  |  ";
    out += words(sample.rat);
    for (const Reading& reading : readings(sample)) {
      out += fmt::format("  {} {:.1f} {}", name_of(reading.metric, sample.rat), reading.value,
                         unit_of(reading.metric));
      if (reading.grade) out += fmt::format(" {}", words(*reading.grade));
    }
  }
  if (out.empty()) out = "no signal";
  if (out.size() > width) out.resize(width);
  return out;
}

std::vector<std::string> full_view(const SignalBoard& board, const std::string& headline,
                                   Instant now, std::size_t columns, std::size_t rows) {
  std::vector<std::string> out = {headline, ""};
  const std::size_t slices =
      columns > kBesideSparkline + kFewestSlices ? columns - kBesideSparkline : kFewestSlices;
  for (const SignalSample& sample : board.current()) {
    out.emplace_back(words(sample.rat));
    for (const Reading& reading : readings(sample)) {
      const auto trend = board.trend(sample.rat, reading.metric, now, slices);
      out.push_back(fmt::format(
          "  {:<6}{:>7.1f} {:<4}{:<10}{} {:>7.1f} to {:.1f}", name_of(reading.metric, sample.rat),
          reading.value, unit_of(reading.metric), reading.grade ? words(*reading.grade) : "",
          sparkline(trend.slices, span_of(reading.metric, sample.rat)),
          trend.low.value_or(reading.value), trend.high.value_or(reading.value)));
    }
    if (const auto judgement = judge(sample)) out.push_back("  " + judgement->sentence);
    out.emplace_back();
  }
  if (board.current().empty()) out.insert(out.end(), {"no signal", ""});
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(board.window()).count();
  out.push_back(fmt::format("the last {} minutes; Ctrl-C ends", minutes));
  if (out.size() > rows) out.resize(rows);
  return out;
}

}  // namespace mwan::tool
