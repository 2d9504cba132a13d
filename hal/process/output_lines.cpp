// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/process/output_lines.hpp"

namespace mwan {

std::vector<std::string> OutputLines::take(std::string_view bytes) {
  std::vector<std::string> out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r') {
      for (std::string& line : finish()) out.push_back(std::move(line));
    } else if (line_.size() >= kLongest) {
      cut_ = true;
    } else if (byte < ' ' || byte >= 0x7F) {
      // Not only control characters: half a UTF-8 sequence would spoil the log for its readers.
      line_ += byte == '\t' ? ' ' : '?';
    } else {
      line_ += c;
    }
  }
  return out;
}

std::vector<std::string> OutputLines::finish() {
  std::string line = std::move(line_);
  line_.clear();
  if (cut_) line += "...";
  cut_ = false;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.empty()) return {};
  return {line.substr(line.find_first_not_of(' '))};
}

}  // namespace mwan
