// SPDX-License-Identifier: LGPL-2.1-or-later
// A datagram socket that can only leave by one device, with one source address.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "hal/ip.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/unique_fd.hpp"
#include "hal/wait.hpp"

namespace mwan::tool {

class BoundSocket {
 public:
  enum class Kind { Udp, Echo };
  // The error is a sentence for people.
  static tl::expected<BoundSocket, std::string> open(Kind kind, const IpAddress& source,
                                                     const std::string& netdev);

  // 0, or the errno. The port counts for Udp only. Never fragmented.
  [[nodiscard]] int send(const IpAddress& target, std::uint16_t port,
                         std::span<const std::uint8_t> message) const;
  // The next datagram, of raw sockets without its IP header; nothing when none came in time.
  Task<std::optional<std::vector<std::uint8_t>>> receive(Loop& loop, Duration limit,
                                                         Cancel cancel) const;
  // What an echo has to carry in its header to be ours.
  [[nodiscard]] std::uint16_t echo_id() const { return echo_id_; }

 private:
  BoundSocket(UniqueFd fd, IpFamily family, bool raw)
      : fd_(std::move(fd)), family_(family), raw_(raw) {}
  [[nodiscard]] int prepare(const IpAddress& source, const std::string& netdev);

  UniqueFd fd_;
  IpFamily family_ = IpFamily::V4;
  bool raw_ = false;
  std::uint16_t echo_id_ = 0;
  std::uint32_t ifindex_ = 0;
};

}  // namespace mwan::tool
