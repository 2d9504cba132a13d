// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/icmp_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failover/probe/link_binding.hpp"

namespace mwan::failover {
namespace {

// A raw socket sees every ICMP message of the host: let the kernel keep all but echo replies away.
void only_replies(int fd, IpFamily family) {
  if (family == IpFamily::V4) {
    // ICMP_FILTER of linux/icmp.h, which cannot be included beside net/if.h: a bit for each type
    // that is not wanted.
    constexpr int kIcmpFilter = 1;
    const std::uint32_t all_but_echo_reply = ~1U;
    setsockopt(fd, SOL_RAW, kIcmpFilter, &all_but_echo_reply, sizeof all_but_echo_reply);
  } else {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  }
}

}  // namespace

Result<IcmpSocket> IcmpSocket::open(const IpAddress& source, const std::string& netdev,
                                    std::uint16_t raw_id) {
  const bool v4 = source.family() == IpFamily::V4;
  const int domain = v4 ? AF_INET : AF_INET6;
  const int protocol = v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  bool raw = false;
  // Without privilege where the host allows it: then the kernel also keeps the ids apart.
  int fd = ::socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) {
    raw = true;
    fd = ::socket(domain, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  }
  const char* step = "making the socket";
  int error = fd < 0 ? errno : 0;
  IcmpSocket out(fd, source.family(), raw);
  if (error == 0) error = out.prepare(source, netdev, raw_id, step);
  if (error == 0) return out;
  return failed(error == ENODEV ? FailureClass::Gone : FailureClass::Transient,
                std::string("probes of ") + netdev,
                std::string(step) + " for " + source.text() + ": " + bind_reason(error, source));
}

int IcmpSocket::prepare(const IpAddress& source, const std::string& netdev, std::uint16_t raw_id,
                        const char*& step) {
  if (const int error = bind_socket(fd_, source, netdev, step); error != 0) return error;
  ifindex_ = if_nametoindex(netdev.c_str());
  id_ = raw_id;
  if (raw_) {
    only_replies(fd_, family_);
    return 0;
  }
  // The port of such a socket is its echo id (ping(7) of the kernel: net/ipv4/ping.c).
  SocketAddress address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd_, &address.any, &length) != 0) return errno;
  id_ = ntohs(family_ == IpFamily::V4 ? address.v4.sin_port : address.v6.sin6_port);
  return 0;
}

IcmpSocket::~IcmpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

int IcmpSocket::send(const IpAddress& target, std::uint16_t sequence, std::uint64_t token) const {
  const EchoRequest request =
      encode_request(family_, {.id = id_, .sequence = sequence, .token = token});
  SocketAddress address{};
  const socklen_t length = to_kernel(target, 0, ifindex_, address);
  const auto done = ::sendto(fd_, request.data(), request.size(), 0, &address.any, length);
  return done < 0 ? errno : 0;
}

std::pair<IcmpSocket::Received, IcmpSocket::Reply> IcmpSocket::receive() const {
  // Longer than any reply to us with the longest IPv4 header; what is longer is cut and not ours.
  std::array<std::uint8_t, 128> buffer{};
  SocketAddress address{};
  socklen_t length = sizeof address;
  const auto received = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, &address.any, &length);
  if (received < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {Received::Nothing, {}};
    if (errno == EINTR) return {Received::Other, {}};
    return {Received::Error, {}};
  }
  std::span<const std::uint8_t> message(buffer.data(), static_cast<std::size_t>(received));
  if (raw_ && family_ == IpFamily::V4) {
    const auto inner = icmp_of_ipv4(message);
    if (!inner) return {Received::Other, {}};
    message = *inner;
  }
  const auto echo = parse_reply(family_, message);
  const auto from = from_kernel(address);
  if (!echo || !from || echo->id != id_) return {Received::Other, {}};
  return {Received::Reply, {*from, *echo}};
}

}  // namespace mwan::failover
