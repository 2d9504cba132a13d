// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/proxy_probe.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mwan {

ProxyState probe_proxy(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() > sizeof(address.sun_path) - 1) return ProxyState::Unreachable;
  std::memcpy(&address.sun_path[1], name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());

  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ProxyState::Unreachable;
  const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  const int why = errno;
  close(fd);
  if (connected) return ProxyState::Listening;
  if (why == ECONNREFUSED) return ProxyState::Absent;
  return why == EAGAIN ? ProxyState::Busy : ProxyState::Unreachable;
}

}  // namespace mwan
