// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/output/screen.hpp"

#include <ostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace mwan::tool {

ScreenSize screen_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

LiveLine::~LiveLine() {
  if (shown_) out_ << '\n' << std::flush;
}

void LiveLine::show(const std::string& text) {
  out_ << '\r' << text << "\x1b[K" << std::flush;
  shown_ = true;
}

FullScreen::FullScreen(std::ostream& out) : out_(out) {
  out_ << "\x1b[?1049h\x1b[?25l\x1b[2J" << std::flush;
}

FullScreen::~FullScreen() { out_ << "\x1b[?25h\x1b[?1049l" << std::flush; }

void FullScreen::show(const std::vector<std::string>& lines) {
  out_ << "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out_ << (i == 0 ? "" : "\r\n") << lines[i] << "\x1b[K";
  }
  out_ << "\x1b[J" << std::flush;
}

}  // namespace mwan::tool
