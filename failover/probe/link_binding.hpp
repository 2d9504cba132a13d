// SPDX-License-Identifier: LGPL-2.1-or-later
// What ties a socket to one link: its device and our address on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan::failover {

struct LinkBinding {
  std::string netdev;
  // Our addresses on the link; a family without one cannot be asked.
  std::optional<IpAddress> source_v4;
  std::optional<IpAddress> source_v6;

  [[nodiscard]] const std::optional<IpAddress>& source(IpFamily family) const {
    return family == IpFamily::V4 ? source_v4 : source_v6;
  }
};

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

// Its length. ifindex is the scope of a link-local address.
socklen_t to_kernel(const IpAddress& address, std::uint16_t port, std::uint32_t ifindex,
                    SocketAddress& out);
std::optional<IpAddress> from_kernel(const SocketAddress& address);

// Both bindings are needed: the address selects the link's table by its rule (and is what strict
// rp_filter looks the answer's way back up with), the device keeps packets from leaving anywhere
// else when that table is empty.
Status bind_to_link(int fd, const LinkBinding& link, IpFamily family);
// The errno, 0 for none; step says which part of it.
int bind_socket(int fd, const IpAddress& source, const std::string& netdev, const char*& step);
// Why that failed, for people.
std::string bind_reason(int error, const IpAddress& source);

}  // namespace mwan::failover
