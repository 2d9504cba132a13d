// SPDX-License-Identifier: LGPL-2.1-or-later
// The lines that come to the end of a file, also when logrotate puts another one in its place.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::config_tool {

class LineFollower {
 public:
  explicit LineFollower(std::string path) : path_(std::move(path)) {}

  // The last lines that are there now, so many; what comes later is read by next().
  Result<std::deque<std::string>> last(std::size_t count);
  // Waits until there are more.
  Result<std::deque<std::string>> next();

 private:
  Status open();
  void read_more(std::deque<std::string>& out);
  [[nodiscard]] bool replaced() const;

  std::string path_;
  UniqueFd file_;
  UniqueFd watch_;
  std::string rest_;  // of a line whose end has not come yet
};

}  // namespace mwan::config_tool
