// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/socket.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace mwan::failover::control {

Result<sockaddr_un> socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return failed(FailureClass::Permanent, path,
                  "too long for a socket: use a state directory with a shorter path");
  }
  path.copy(&address.sun_path[0], sizeof address.sun_path - 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

std::optional<Peer> peer_of(int fd) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
  Peer out{.pid = who.pid, .uid = who.uid, .groups = {who.gid}};
#ifdef SO_PEERGROUPS
  std::vector<gid_t> others(64);
  for (int i = 0; i < 2; ++i) {
    size = static_cast<socklen_t>(others.size() * sizeof(gid_t));
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, others.data(), &size) == 0) {
      out.groups.insert(out.groups.end(), others.begin(),
                        others.begin() + static_cast<std::ptrdiff_t>(size / sizeof(gid_t)));
      break;
    }
    if (errno != ERANGE) break;
    others.resize(size / sizeof(gid_t));
  }
#endif
  return out;
}

}  // namespace mwan::failover::control
