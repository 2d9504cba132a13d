// SPDX-License-Identifier: LGPL-2.1-or-later
// A file descriptor that is closed with its owner.
#pragma once

#include <utility>

#include <unistd.h>

namespace mwan::sim {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int owned) : fd_(owned) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace mwan::sim
