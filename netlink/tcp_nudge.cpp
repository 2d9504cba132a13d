// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/tcp_nudge.hpp"

#include <cerrno>
#include <cstring>
#include <random>

#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"

namespace mwan::netlink {
namespace {

constexpr std::size_t tcp_header = 20;

void put16(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8U);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
void put32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, static_cast<std::uint16_t>(value >> 16U));
  put16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

// RFC 1071, without the last complement.
std::uint32_t sum_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8U | bytes[i + 1]);
  }
  return sum;
}
std::uint16_t folded(std::uint32_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

void copy(std::span<std::uint8_t> out, std::size_t at, std::span<const std::uint8_t> bytes) {
  std::memcpy(out.subspan(at, bytes.size()).data(), bytes.data(), bytes.size());
}

bool send(int socket, const TcpFlow& flow, std::span<const std::uint8_t> packet) {
  const auto bytes = flow.host.bytes();
  if (flow.host.family() == IpFamily::V4) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, bytes.data(), bytes.size());
    return ::sendto(socket, packet.data(), packet.size(), MSG_DONTWAIT,
                    reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
  }
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  std::memcpy(&to.sin6_addr, bytes.data(), bytes.size());
  return ::sendto(socket, packet.data(), packet.size(), MSG_DONTWAIT,
                  reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
}

}  // namespace

std::vector<std::uint8_t> nudge_packet(const TcpFlow& flow, std::uint32_t sequence,
                                       std::uint32_t acknowledged) {
  const bool v4 = flow.host.family() == IpFamily::V4;
  const std::size_t ip_header = v4 ? 20 : 40;
  std::vector<std::uint8_t> out(ip_header + tcp_header);
  const std::span<std::uint8_t> bytes(out);
  const auto ip = bytes.first(ip_header);
  const auto tcp = bytes.subspan(ip_header);
  constexpr std::uint8_t hops = 64;
  if (v4) {  // RFC 791 section 3.1; the kernel makes its checksum
    ip[0] = 0x45;
    put16(ip, 2, static_cast<std::uint16_t>(out.size()));
    ip[8] = hops;
    ip[9] = IPPROTO_TCP;
    copy(ip, 12, flow.server.bytes());
    copy(ip, 16, flow.host.bytes());
  } else {  // RFC 8200 section 3
    ip[0] = 0x60;
    put16(ip, 4, tcp_header);
    ip[6] = IPPROTO_TCP;
    ip[7] = hops;
    copy(ip, 8, flow.server.bytes());
    copy(ip, 24, flow.host.bytes());
  }
  // RFC 9293 section 3.1: no options, ACK, a window of one byte.
  put16(tcp, 0, flow.server_port);
  put16(tcp, 2, flow.host_port);
  put32(tcp, 4, sequence);
  put32(tcp, 8, acknowledged);
  tcp[12] = (tcp_header / 4) << 4U;
  tcp[13] = 0x10;
  put16(tcp, 14, 1);
  const std::uint32_t pseudo_header = sum_of(flow.server.bytes()) + sum_of(flow.host.bytes()) +
                                      static_cast<std::uint32_t>(tcp_header) + IPPROTO_TCP;
  put16(tcp, 16, folded(pseudo_header + sum_of(tcp)));
  return out;
}

Result<std::size_t> nudge(std::span<const TcpFlow> flows) {
  std::size_t sent = 0;
  std::random_device random;
  UniqueFd v4;
  UniqueFd v6;
  for (const TcpFlow& flow : flows) {
    const bool is_v4 = flow.host.family() == IpFamily::V4;
    UniqueFd& socket = is_v4 ? v4 : v6;
    if (!socket) {
      // With this protocol the packets are whole ones, IP header and all: raw(7), ipv6(7).
      socket = UniqueFd(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    }
    if (!socket) {
      return failed(FailureClass::Permanent, "resetting flows",
                    std::string("no raw socket: ") + std::strerror(errno) +
                        "; hosts that wait for an answer will notice later");
    }
    if (send(socket.get(), flow, nudge_packet(flow, random(), random()))) ++sent;
  }
  return sent;
}

}  // namespace mwan::netlink
