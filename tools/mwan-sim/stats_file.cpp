// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/stats_file.hpp"

#include <fmt/format.h>

#include "tools/mwan-sim/stats.hpp"

namespace mwan::sim {

Status StatsFile::write() {
  if (path_.empty()) return {};
  return write_atomically(path_, collect_().dump(2) + "\n");
}

void StatsFile::soon(Duration delay) {
  if (path_.empty()) return;
  const bool urgent = delay == Duration(0);
  if (timer_ && (urgent_ || !urgent)) return;
  urgent_ = urgent;
  timer_ = timers_.after(delay, [this] {
    timer_.reset();
    if (const auto written = write(); !written) {
      fmt::print(stderr, "mwan-sim: {}\n", written.error().text());
    }
  });
}

}  // namespace mwan::sim
