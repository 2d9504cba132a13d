// SPDX-License-Identifier: LGPL-2.1-or-later
// The control socket's place, and who is at the other end of it (unix(7)): what both ends share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "hal/error.hpp"

namespace mwan::failover::control {

// In the daemon's state directory.
inline constexpr const char* socket_name = "control.sock";

// Messages keep their bounds (SOCK_SEQPACKET): one is one request, or one answer.
inline constexpr std::size_t max_answer = std::size_t{128} * 1024;

Result<sockaddr_un> socket_address(const std::string& path);
// The cast that the socket interface asks for.
const sockaddr* generic(const sockaddr_un& address);

struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  std::vector<gid_t> groups;
};
// As they were when it connected (SO_PEERCRED, SO_PEERGROUPS); nothing where the kernel does not
// say.
std::optional<Peer> peer_of(int fd);

}  // namespace mwan::failover::control
