// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/secret_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "hal/unique_fd.hpp"

namespace mwan::tool {
namespace {

constexpr std::size_t kLongest = 256;
constexpr char kCtrlC = '\x03';

// No echo while it lives. Signals of the keyboard are off as well: Ctrl-C arrives as a character,
// and ends the question instead of leaving a terminal that does not echo.
class Unseen {
 public:
  explicit Unseen(int fd) : fd_(fd) {
    changed_ = tcgetattr(fd, &before_) == 0;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    quiet.c_cc[VEOL] = kCtrlC;  // ends the line, as Enter does
    changed_ = changed_ && tcsetattr(fd, TCSAFLUSH, &quiet) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (changed_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool works() const { return changed_; }

 private:
  int fd_;
  termios before_{};
  bool changed_ = false;
};

}  // namespace

Result<Secret> read_secret(int fd) {
  const std::string where = fmt::format("file descriptor {}", fd);
  std::array<char, kLongest + 1> buffer{};
  std::size_t size = 0;
  Status problem;
  // Byte by byte: what comes after the line is somebody else's.
  while (size < buffer.size()) {
    const ssize_t got = read(fd, buffer.data() + size, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) problem = failed(FailureClass::Permanent, where, std::strerror(errno));
    if (got <= 0 || buffer.at(size) == '\n') break;
    if (buffer.at(size++) == kCtrlC) break;
  }
  if (problem && size == buffer.size()) {
    problem = failed(FailureClass::Permanent, where, "the line is too long for a secret");
  }
  if (problem && size == 0) {
    problem = failed(FailureClass::Permanent, where, "there is nothing to read");
  }
  if (problem && buffer.at(size - 1) == '\r') --size;
  Secret secret(std::string(buffer.data(), problem ? size : 0));
  explicit_bzero(buffer.data(), buffer.size());
  if (!problem) return failed(problem.error());
  return secret;
}

Result<Secret> ask_secret(const std::string& prompt) {
  const UniqueFd terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal) {
    return failed(FailureClass::Permanent, "terminal",
                  "there is none to ask on; give the secret through a file descriptor");
  }
  const Unseen unseen(terminal.get());
  if (!unseen.works()) {
    return failed(FailureClass::Permanent, "terminal", "its echo cannot be switched off");
  }
  (void)!write(terminal.get(), prompt.data(), prompt.size());
  Result<Secret> out = read_secret(terminal.get());
  (void)!write(terminal.get(), "\n", 1);
  const bool interrupted = out && out->reveal().find(kCtrlC) != std::string::npos;
  if (interrupted) return failed(FailureClass::Cancelled, "terminal", "interrupted");
  return out;
}

bool valid_pin(const Secret& pin) {
  const std::string& digits = pin.reveal();
  return digits.size() >= 4 && digits.size() <= 8 &&
         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace mwan::tool
