// SPDX-License-Identifier: LGPL-2.1-or-later
// Lines of a file that may come from anywhere: no longer than a limit, and known to be whole or
// not.
#pragma once

#include <cstddef>
#include <istream>
#include <string>

namespace mwan::failover {

// A policy of 256 links is a tenth of it.
inline constexpr std::size_t max_line = std::size_t{1} << 20U;

struct Line {
  std::string text;
  bool ended = false;  // with a line end
};

// At most one byte more than max_line. Without text and end: the file is over.
inline Line read_line(std::istream& in) {
  Line line;
  auto* buffer = in.rdbuf();
  while (line.text.size() <= max_line) {
    const auto c = buffer->sbumpc();
    if (c == std::istream::traits_type::eof()) break;
    if (c == '\n') {
      line.ended = true;
      break;
    }
    line.text.push_back(static_cast<char>(c));
  }
  return line;
}

}  // namespace mwan::failover
