// SPDX-License-Identifier: LGPL-2.1-or-later
// One panel above the other, all with the same time axis.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"

namespace mwan::replay {

// A line over time; absent values interrupt it.
struct Curve {
  std::string label;
  std::string colour;
  std::vector<std::optional<double>> values;  // one a second
};

// Bars from the bottom, 0..1.
struct Bars {
  std::string label;
  std::string colour;
  std::vector<double> values;
};

struct Panel {
  std::string title;
  double low = 0;
  double high = 1;
  std::vector<double> grid;  // values with a line and a number
  std::vector<Bars> bars;
  std::vector<Curve> curves;
};

// A band of colours, one a second, with marks where something happened.
struct Band {
  std::vector<std::string> names;     // what the values are
  std::vector<std::uint16_t> values;  // one a second
  std::vector<std::string> notes;     // one a second, shown as a tooltip where not empty
};

// first: the number of the first second on the axis.
Status write_svg(const std::string& path, std::size_t first, const std::vector<Panel>& panels,
                 const Band& band);

}  // namespace mwan::replay
