// SPDX-License-Identifier: LGPL-2.1-or-later
// A program's output as lines that may be shown: bounded, without control characters. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mwan {

class OutputLines {
 public:
  // Bytes of a line that are kept; the rest of it is dropped.
  static constexpr std::size_t kLongest = 400;

  // The lines that these bytes complete; empty ones are left out.
  std::vector<std::string> take(std::string_view bytes);
  // What there is of a line that has no end yet.
  std::vector<std::string> finish();

 private:
  std::string line_;
  bool cut_ = false;
};

}  // namespace mwan
