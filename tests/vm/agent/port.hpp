// SPDX-License-Identifier: LGPL-2.1-or-later
// The guest's end of the virtio serial port. Its other end is a socket of the emulator, which
// serves one program on the host at a time.
#pragma once

#include <string>

#include "hal/error.hpp"
#include "hal/time.hpp"
#include "hal/unique_fd.hpp"
#include "tests/vm/protocol.hpp"

namespace mwan::vm {

class Port {
 public:
  // Raises SIGIO when something comes in and when the host's end is taken or left.
  static Result<Port> open();

  [[nodiscard]] int fd() const { return fd_.get(); }
  // Waits until the kernel knows that somebody is at the other end: what they wrote can be read
  // before that, and that somebody else left may be heard after it (drivers/char/virtio_console.c:
  // data and control messages have queues of their own). False when it did not within the time.
  [[nodiscard]] bool wait_for_host(Duration limit) const;
  // The other end was left, and nobody took it since.
  [[nodiscard]] bool left() const;
  // Bytes that are there; "" when there are none, or nobody is at the other end.
  std::string read();
  // False when the other end was left, or nobody took it for a minute.
  bool write(std::string_view bytes);

 private:
  explicit Port(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace mwan::vm
