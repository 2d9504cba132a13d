// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/agent/port.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::vm {
namespace {

// So long after somebody left the next one may be there already.
constexpr Duration kChange = std::chrono::milliseconds(500);

}  // namespace

Result<Port> Port::open() {
  // The only port there is: port 0 is the console's, which is not used.
  std::error_code error;
  for (std::filesystem::directory_iterator at("/sys/class/virtio-ports", error), end;
       !error && at != end; at.increment(error)) {
    const std::string path = "/dev/" + at->path().filename().string();
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return lab::system_failure("opening " + path);
    ::fcntl(fd.get(), F_SETOWN, ::getpid());
    ::fcntl(fd.get(), F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC);
    return Port(std::move(fd));
  }
  return failed(FailureClass::Permanent, "virtio serial port", "there is none");
}

bool Port::wait_for_host(Duration limit) const {
  return lab::wait_until(limit, [this] {
    pollfd ready{fd_.get(), POLLOUT, 0};
    return ::poll(&ready, 1, 0) >= 0 && (ready.revents & POLLHUP) == 0;
  });
}

bool Port::left() const { return !wait_for_host(kChange); }

std::string Port::read() {
  std::array<char, 4096> part{};
  const auto got = ::read(fd_.get(), part.data(), part.size());
  return got > 0 ? std::string(part.data(), static_cast<std::size_t>(got)) : std::string();
}

bool Port::write(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd ready{fd_.get(), POLLOUT, 0};
    const int n = ::poll(&ready, 1, 60'000);
    if (n == 0 || (n > 0 && (ready.revents & POLLHUP) != 0 && left())) return false;
    const auto put = ::write(fd_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace mwan::vm
