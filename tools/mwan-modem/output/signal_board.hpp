// SPDX-License-Identifier: LGPL-2.1-or-later
// Signal values over the last minutes, and pictures of them for a terminal. Pure: time is given.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "hal/signal.hpp"
#include "hal/time.hpp"
#include "tools/mwan-modem/output/judgement.hpp"

namespace mwan::tool {

class SignalBoard {
 public:
  explicit SignalBoard(Duration window) : window_(window) {}

  // Times do not go back. An empty sample says that the RAT went out of use.
  void put(Instant now, const SignalSample& sample);
  // The last sample of each RAT in use, in the order in which they were first heard.
  [[nodiscard]] const std::vector<SignalSample>& current() const { return current_; }
  [[nodiscard]] Duration window() const { return window_; }

  struct Trend {
    // Oldest first; the value that was in force in the middle of that slice of the window.
    std::vector<std::optional<double>> slices;
    std::optional<double> low;
    std::optional<double> high;
  };
  [[nodiscard]] Trend trend(Rat rat, Metric metric, Instant now, std::size_t slices) const;

 private:
  struct Entry {
    Instant time;
    SignalSample sample;
  };
  Duration window_;
  std::vector<SignalSample> current_;
  std::deque<Entry> history_;
};

// One character a slice, from low to high of the span; a blank where nothing is known.
std::string sparkline(const std::vector<std::optional<double>>& slices, Span span);

// "LTE  RSRP -85.0 dBm excellent  RSRQ -8.0 dB excellent  ...", at most so many characters.
std::string one_line(const std::vector<SignalSample>& samples, std::size_t width);

// Lines for a screen of that size; headline comes first.
std::vector<std::string> full_view(const SignalBoard& board, const std::string& headline,
                                   Instant now, std::size_t columns, std::size_t rows);

}  // namespace mwan::tool
