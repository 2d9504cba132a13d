// SPDX-License-Identifier: LGPL-2.1-or-later
// The books on disk: written anew when they change.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"
#include "tools/mwan-sim/timers.hpp"

namespace mwan::sim {

class StatsFile {
 public:
  // An empty path: nothing is written.
  StatsFile(Timers& timers, std::string path, std::function<nlohmann::json()> collect)
      : timers_(timers), path_(std::move(path)), collect_(std::move(collect)) {}

  Status write();
  // After the delay, or sooner if that was asked for before.
  void soon(Duration delay);

 private:
  Timers& timers_;
  std::string path_;
  std::function<nlohmann::json()> collect_;
  Timer timer_;
  bool urgent_ = false;
};

}  // namespace mwan::sim
