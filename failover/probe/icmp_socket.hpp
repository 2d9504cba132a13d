// SPDX-License-Identifier: LGPL-2.1-or-later
// A socket for echo requests that can only leave by one device, with one source address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "failover/probe/icmp_packet.hpp"
#include "hal/error.hpp"
#include "hal/ip.hpp"

namespace mwan::failover {

class IcmpSocket {
 public:
  // raw_id: what tells our replies from others' when the kernel does not do it (raw sockets). Both
  // bindings are needed: the address selects the link's table by its rule (and is what strict
  // rp_filter looks the answer's way back up with), the device keeps the packet from leaving
  // anywhere else when that table is empty.
  static Result<IcmpSocket> open(const IpAddress& source, const std::string& netdev,
                                 std::uint16_t raw_id);

  IcmpSocket(IcmpSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        family_(other.family_),
        raw_(other.raw_),
        id_(other.id_),
        ifindex_(other.ifindex_) {}
  IcmpSocket& operator=(IcmpSocket&& other) = delete;
  ~IcmpSocket();

  [[nodiscard]] int fd() const { return fd_; }
  // 0, or the errno.
  [[nodiscard]] int send(const IpAddress& target, std::uint16_t sequence,
                         std::uint64_t token) const;

  struct Reply {
    IpAddress from;
    Echo echo;
  };
  enum class Received { Reply, Other, Nothing, Error };
  // One datagram: a reply to this socket, something else, none waiting, or a socket to be given up.
  [[nodiscard]] std::pair<Received, Reply> receive() const;

 private:
  IcmpSocket(int fd, IpFamily family, bool raw) : fd_(fd), family_(family), raw_(raw) {}
  [[nodiscard]] int prepare(const IpAddress& source, const std::string& netdev,
                            std::uint16_t raw_id, const char*& step);

  int fd_ = -1;
  IpFamily family_ = IpFamily::V4;
  bool raw_ = false;
  std::uint16_t id_ = 0;
  std::uint32_t ifindex_ = 0;
};

}  // namespace mwan::failover
