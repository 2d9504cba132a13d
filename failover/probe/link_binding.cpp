// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/link_binding.hpp"

#include <cerrno>
#include <cstring>

#include <net/if.h>

namespace mwan::failover {

socklen_t to_kernel(const IpAddress& address, std::uint16_t port, std::uint32_t ifindex,
                    SocketAddress& out) {
  std::memset(&out, 0, sizeof out);
  const auto bytes = address.bytes();
  if (address.family() == IpFamily::V4) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(port);
    std::memcpy(&out.v4.sin_addr, bytes.data(), bytes.size());
    return sizeof out.v4;
  }
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(port);
  std::memcpy(&out.v6.sin6_addr, bytes.data(), bytes.size());
  if (address.is_link_local()) out.v6.sin6_scope_id = ifindex;
  return sizeof out.v6;
}

std::optional<IpAddress> from_kernel(const SocketAddress& address) {
  if (address.any.sa_family == AF_INET) {
    return IpAddress::from_bytes(
        {reinterpret_cast<const std::uint8_t*>(&address.v4.sin_addr), sizeof address.v4.sin_addr});
  }
  if (address.any.sa_family != AF_INET6) return std::nullopt;
  return IpAddress::from_bytes(
      {reinterpret_cast<const std::uint8_t*>(&address.v6.sin6_addr), sizeof address.v6.sin6_addr});
}

std::string bind_reason(int error, const IpAddress& source) {
  std::string out = std::strerror(error);
  switch (error) {
    case EPERM:
    case EACCES:
      return out + ": probing takes CAP_NET_RAW (root), or a group in net.ipv4.ping_group_range";
    case EADDRNOTAVAIL:
      return out + ": " + source.text() + " is not on this device";
    case ENODEV:
      return out + ": the network device is gone";
    case EAFNOSUPPORT:
      return out + ": this kernel has it switched off";
    default:
      return out;
  }
}

int bind_socket(int fd, const IpAddress& source, const std::string& netdev, const char*& step) {
  step = "binding it to the device";
  const std::uint32_t ifindex = if_nametoindex(netdev.c_str());
  if (ifindex == 0) return errno;
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, netdev.c_str(),
                 static_cast<socklen_t>(netdev.size())) != 0) {
    return errno;
  }
  step = "binding it to the address";
  SocketAddress address{};
  const socklen_t length = to_kernel(source, 0, ifindex, address);
  return ::bind(fd, &address.any, length) == 0 ? 0 : errno;
}

Status bind_to_link(int fd, const LinkBinding& link, IpFamily family) {
  const auto& source = link.source(family);
  const std::string where = "probes of " + link.netdev;
  if (!source) {
    return failed(
        FailureClass::Permanent, where,
        std::string("the link has no IPv") + (family == IpFamily::V4 ? "4" : "6") + " address");
  }
  const char* step = "";
  const int error = bind_socket(fd, *source, link.netdev, step);
  if (error == 0) return {};
  return failed(error == ENODEV ? FailureClass::Gone : FailureClass::Transient, where,
                std::string(step) + ": " + bind_reason(error, *source));
}

}  // namespace mwan::failover
