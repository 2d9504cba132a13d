// SPDX-License-Identifier: LGPL-2.1-or-later
// A terminal that is drawn upon, with plain ANSI sequences (ECMA-48), and given back as it was.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace mwan::tool {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
// Of standard output; the old standard where it cannot be told.
ScreenSize screen_size();

// One line that is written over and over.
class LiveLine {
 public:
  explicit LiveLine(std::ostream& out) : out_(out) {}
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine();
  void show(const std::string& text);

 private:
  std::ostream& out_;
  bool shown_ = false;
};

// The alternate screen, while it lives.
class FullScreen {
 public:
  explicit FullScreen(std::ostream& out);
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen();
  void show(const std::vector<std::string>& lines);

 private:
  std::ostream& out_;
};

}  // namespace mwan::tool
