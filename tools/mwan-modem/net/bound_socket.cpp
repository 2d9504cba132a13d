// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/net/bound_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failover/probe/icmp_packet.hpp"
#include "failover/probe/link_binding.hpp"

namespace mwan::tool {

using failover::SocketAddress;
using failover::to_kernel;

namespace {

int domain_of(IpFamily family) { return family == IpFamily::V4 ? AF_INET : AF_INET6; }

// Sent whole or not at all, without asking what the kernel remembers of the way (ip(7), ipv6(7)).
void never_fragment(int fd, IpFamily family) {
  if (family == IpFamily::V4) {
    const int probe = IP_PMTUDISC_PROBE;
    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
  } else {
    const int probe = IPV6_PMTUDISC_PROBE;
    setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe, sizeof probe);
    const int on = 1;
    setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof on);
  }
}

}  // namespace

tl::expected<BoundSocket, std::string> BoundSocket::open(Kind kind, const IpAddress& source,
                                                         const std::string& netdev) {
  const IpFamily family = source.family();
  const int echo =
      family == IpFamily::V4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  const int protocol = kind == Kind::Udp ? static_cast<int>(IPPROTO_UDP) : echo;
  constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd(::socket(domain_of(family), SOCK_DGRAM | kFlags, protocol));
  bool raw = false;
  if (!fd && kind == Kind::Echo) {
    raw = true;
    fd = UniqueFd(::socket(domain_of(family), SOCK_RAW | kFlags, protocol));
  }
  if (!fd) return tl::unexpected(std::string("no socket: ") + std::strerror(errno));
  BoundSocket out(std::move(fd), family, raw);
  if (const int error = out.prepare(source, netdev); error != 0) {
    return tl::unexpected("cannot use " + netdev + " with " + source.text() + ": " +
                          std::strerror(error));
  }
  return out;
}

int BoundSocket::prepare(const IpAddress& source, const std::string& netdev) {
  const char* step = "";
  if (const int error = failover::bind_socket(fd_.get(), source, netdev, step); error != 0) {
    return error;
  }
  ifindex_ = if_nametoindex(netdev.c_str());
  never_fragment(fd_.get(), family_);
  echo_id_ = static_cast<std::uint16_t>(getpid());
  if (raw_) return 0;
  SocketAddress address{};
  socklen_t length = sizeof address;
  // The port of a ping socket is its echo id (net/ipv4/ping.c of the kernel).
  if (::getsockname(fd_.get(), &address.any, &length) != 0) return errno;
  echo_id_ = ntohs(family_ == IpFamily::V4 ? address.v4.sin_port : address.v6.sin6_port);
  return 0;
}

int BoundSocket::send(const IpAddress& target, std::uint16_t port,
                      std::span<const std::uint8_t> message) const {
  SocketAddress address{};
  const socklen_t length = to_kernel(target, raw_ ? 0 : port, ifindex_, address);
  const auto done = ::sendto(fd_.get(), message.data(), message.size(), 0, &address.any, length);
  return done < 0 ? errno : 0;
}

Task<std::optional<std::vector<std::uint8_t>>> BoundSocket::receive(Loop& loop, Duration limit,
                                                                    Cancel cancel) const {
  const Instant end = Loop::now() + limit;
  Notification readable;
  const SourceHandle watch =
      loop.watch(fd_.get(), Loop::Readable, [&readable](unsigned /*ready*/) { readable.notify(); });
  while (true) {
    std::vector<std::uint8_t> buffer(std::size_t{1} << 16U);
    const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got >= 0) {
      buffer.resize(static_cast<std::size_t>(got));
      if (!raw_ || family_ == IpFamily::V6) co_return buffer;
      const auto inner = failover::icmp_of_ipv4(buffer);
      if (inner) co_return std::vector<std::uint8_t>(inner->begin(), inner->end());
      continue;
    }
    // A refusal of the far end (ICMP) is an error of the socket, told once; the wait goes on.
    if (errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH || errno == EINTR) {
      continue;
    }
    const Duration left = end - Loop::now();
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || left <= Duration::zero()) break;
    const Woken woken = co_await readable.wait(loop, cancel, left);
    if (woken == Woken::Cancelled) break;
  }
  co_return std::nullopt;
}

}  // namespace mwan::tool
