// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan-tell: the script of dhcpcd and the ip-up, ip-down... scripts of pppd. It tells the daemon
// what it was called with (hal/process/report.hpp) through the socket that MWAN_SOCKET names,
// changes nothing itself, and ends at once.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "hal/process/report.hpp"

namespace {

int fail(const char* what) {
  static_cast<void>(std::fprintf(stderr, "mwan-tell: %s: %s\n", what, std::strerror(errno)));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const char* path = std::getenv("MWAN_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (argc < 1 || path == nullptr || std::strlen(path) >= sizeof address.sun_path) {
    static_cast<void>(std::fprintf(
        stderr,
        "mwan-tell: it is called by dhcpcd or pppd, with MWAN_SOCKET in its environment\n"));
    return 2;
  }
  std::memcpy(address.sun_path, path, std::strlen(path));
  std::vector<std::string_view> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with("PATH=") && !text.starts_with("MWAN_SOCKET="))
      environment.push_back(text);
  }
  const std::string report = mwan::encode_report(argv[0], {argv + 1, argv + argc}, environment);
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail("a socket");
  // A daemon that hangs must not hang the lease with it.
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const ssize_t sent = ::sendto(socket, report.data(), report.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sent == static_cast<ssize_t>(report.size()) ? 0 : fail(path);
}
