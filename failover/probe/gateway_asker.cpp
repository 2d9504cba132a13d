// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/gateway_asker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace mwan::failover {
namespace {

constexpr std::uint16_t kArp = 0x0806;  // ETH_P_ARP

// Its hardware address; an errno otherwise.
int hardware_address(int fd, const std::string& netdev, HardwareAddress& out) {
  ifreq request{};
  netdev.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(fd, SIOCGIFHWADDR, &request) != 0) return errno;
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return ENOTSUP;
  std::memcpy(out.data(), request.ifr_hwaddr.sa_data, out.size());
  return 0;
}

}  // namespace

GatewayAsker::GatewayAsker(Loop& loop, LinkBinding link, IpAddress gateway, Heard heard)
    : loop_(loop), link_(std::move(link)), gateway_(gateway), heard_(std::move(heard)) {}

Status GatewayAsker::open() {
  const bool v4 = gateway_.family() == IpFamily::V4;
  int error = v4 ? open_arp() : open_discovery();
  if (error == 0) error = hardware_address(fd_.get(), link_.netdev, own_);
  if (error == 0) {
    watch_ = loop_.watch(fd_.get(), Loop::Readable, [this](unsigned) { receive(); });
    return {};
  }
  fd_.reset();
  return failed(
      FailureClass::Transient, "probes of " + link_.netdev,
      std::string("asking for the gateway: ") +
          (error == ENOTSUP ? "the device has no ethernet address" : bind_reason(error, gateway_)));
}

int GatewayAsker::open_arp() {
  ifindex_ = static_cast<int>(if_nametoindex(link_.netdev.c_str()));
  if (ifindex_ == 0) return errno;
  // Without a protocol it hears nothing until it is bound to its device.
  fd_ = UniqueFd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return errno;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(kArp);
  address.sll_ifindex = ifindex_;
  return ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
             ? 0
             : errno;
}

int GatewayAsker::open_discovery() {
  fd_ = UniqueFd(::socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6));
  if (!fd_) return errno;
  const char* step = "";
  const auto source = link_.source_v6.value_or(IpAddress());
  if (const int error = bind_socket(fd_.get(), source, link_.netdev, step); error != 0)
    return error;
  ifindex_ = static_cast<int>(if_nametoindex(link_.netdev.c_str()));
  icmp6_filter filter{};
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &filter);
  setsockopt(fd_.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  // RFC 4861 section 7.1: others were forwarded and are ignored.
  const int hops = 255;
  const bool set =
      setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) == 0 &&
      setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex_, sizeof ifindex_) == 0;
  return set ? 0 : errno;
}

// 0, or the errno.
int GatewayAsker::send() const {
  if (gateway_.family() == IpFamily::V4) {
    const auto request = encode_arp_request(own_, link_.source_v4.value_or(IpAddress()), gateway_);
    sockaddr_ll everybody{};
    everybody.sll_family = AF_PACKET;
    everybody.sll_protocol = htons(kArp);
    everybody.sll_ifindex = ifindex_;
    everybody.sll_halen = own_.size();
    std::fill_n(everybody.sll_addr, own_.size(), std::uint8_t{0xff});
    const auto done = ::sendto(fd_.get(), request.data(), request.size(), 0,
                               reinterpret_cast<const sockaddr*>(&everybody), sizeof everybody);
    return done < 0 ? errno : 0;
  }
  const auto request = encode_solicitation(own_, gateway_);
  SocketAddress to{};
  const auto length = to_kernel(solicited_node(gateway_), 0, 0, to);
  to.v6.sin6_scope_id = static_cast<std::uint32_t>(ifindex_);
  return ::sendto(fd_.get(), request.data(), request.size(), 0, &to.any, length) < 0 ? errno : 0;
}

Status GatewayAsker::ask(std::uint32_t question) {
  if (!fd_) {
    if (auto opened = open(); !opened) return opened;
  }
  const Instant now = Loop::now();
  if (const int error = send(); error != 0) {
    watch_.reset();
    fd_.reset();
    return failed(FailureClass::Transient, "probes of " + link_.netdev,
                  std::string("asking for the gateway: ") + std::strerror(error));
  }
  waiting_.push_back({question, now});
  return {};
}

void GatewayAsker::forget(std::uint32_t question) {
  std::erase_if(waiting_, [question](const Waiting& w) { return w.question == question; });
}

void GatewayAsker::receive() {
  while (fd_) {
    std::array<std::uint8_t, 256> buffer{};
    const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      watch_.reset();
      fd_.reset();
      return;
    }
    const auto packet = std::span<const std::uint8_t>(buffer).first(static_cast<std::size_t>(size));
    const auto who =
        gateway_.family() == IpFamily::V4 ? parse_arp_reply(packet) : parse_advertisement(packet);
    if (who != gateway_) continue;
    // It is there: an answer to everything that was asked so far.
    const Instant now = Loop::now();
    for (const Waiting& waiting : std::exchange(waiting_, {})) {
      heard_(waiting.question, {.answered = now - waiting.sent, .words = {}, .http = {}});
    }
  }
}

}  // namespace mwan::failover
