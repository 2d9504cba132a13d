// SPDX-License-Identifier: LGPL-2.1-or-later
// Pictures of a replay: for every link its radio, its losses and what the engine thought of it, and
// below them which link was in use, on one time axis. SVG.
#pragma once

#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tools/mwan-replay/score.hpp"

namespace mwan::replay {

struct PlotWindow {
  std::size_t first = 0;  // seconds of the drive
  std::size_t end = 0;
};

// result has opinions.
Status plot_recordings(const std::vector<ScoredLink>& links, const DriveResult& result,
                       PlotWindow window, const std::string& path);
// Where nothing but opinions is known.
Status plot_opinions(const std::vector<std::string>& names, const DriveResult& result,
                     const std::string& path);

}  // namespace mwan::replay
