// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/ra_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mwan {
namespace {

// Longer than what fits into one packet of an ethernet; what is longer is cut, and then refused.
constexpr std::size_t kLongest = 2048;

sockaddr_in6 group(std::uint8_t last, std::uint32_t ifindex) {
  sockaddr_in6 out{};
  out.sin6_family = AF_INET6;
  out.sin6_addr.s6_addr[0] = 0xff;
  out.sin6_addr.s6_addr[1] = 0x02;
  out.sin6_addr.s6_addr[15] = last;
  out.sin6_scope_id = ifindex;
  return out;
}

bool set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool prepare(int fd, const std::string& netdev, std::uint32_t ifindex) {
  // All others are kept away from here; the kernel reads them all the same.
  icmp6_filter only{};
  ICMP6_FILTER_SETBLOCKALL(&only);
  ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &only);
  ipv6_mreq nodes{};
  nodes.ipv6mr_multiaddr = group(1, ifindex).sin6_addr;
  nodes.ipv6mr_interface = ifindex;
  return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &only, sizeof only) == 0 &&
         setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, netdev.c_str(),
                    static_cast<socklen_t>(netdev.size())) == 0 &&
         set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(ifindex)) &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &nodes, sizeof nodes) == 0;
}

int hop_limit_of(msghdr& header) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_HOPLIMIT) continue;
    int out = 0;
    std::memcpy(&out, CMSG_DATA(c), sizeof out);
    return out;
  }
  return 0;
}

}  // namespace

Result<RaSocket> RaSocket::open(const std::string& netdev) {
  const auto refuse = [&](int error) {
    const FailureClass failure = error == ENODEV || error == ENXIO ? FailureClass::Gone
                                 : error == EAFNOSUPPORT           ? FailureClass::Permanent
                                                                   : FailureClass::Transient;
    return failed(
        failure, "router advertisements on " + netdev,
        error == EAFNOSUPPORT ? "this kernel has IPv6 switched off" : std::strerror(error));
  };
  const std::uint32_t ifindex = if_nametoindex(netdev.c_str());
  if (ifindex == 0) return refuse(errno);
  UniqueFd fd(::socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6));
  if (!fd || !prepare(fd.get(), netdev, ifindex)) return refuse(errno);
  return RaSocket(std::move(fd), ifindex);
}

int RaSocket::solicit() const {
  const RouterSolicitation message = router_solicitation();
  const sockaddr_in6 routers = group(2, ifindex_);
  const auto sent = ::sendto(fd_.get(), message.data(), message.size(), 0,
                             reinterpret_cast<const sockaddr*>(&routers), sizeof routers);
  return sent < 0 ? errno : 0;
}

std::optional<RaSocket::Heard> RaSocket::receive(int& error) const {
  Heard out;
  out.message.resize(kLongest);
  sockaddr_in6 from{};
  iovec data{out.message.data(), out.message.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_name = &from;
  header.msg_namelen = sizeof from;
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const auto received = ::recvmsg(fd_.get(), &header, 0);
  if (received < 0) {
    if (errno != EAGAIN && errno != EINTR) error = errno;
    return std::nullopt;
  }
  out.message.resize(static_cast<std::size_t>(received));
  const auto source =
      IpAddress::from_bytes({static_cast<const std::uint8_t*>(from.sin6_addr.s6_addr), 16});
  if (source) out.origin.from = *source;
  out.origin.hop_limit = hop_limit_of(header);
  // One that was cut is not whole: without its header it is refused.
  if ((header.msg_flags & MSG_TRUNC) != 0) out.message.clear();
  return out;
}

}  // namespace mwan
