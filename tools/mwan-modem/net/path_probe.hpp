// SPDX-License-Identifier: LGPL-2.1-or-later
// Packets through one network device, whatever the system's routes say: pings, name servers, sizes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "hal/ip.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"

namespace mwan::tool {

// Packets leave by the device and with the source only; both bindings are needed (see
// failover/probe/icmp_socket.hpp).
struct Path {
  std::string netdev;
  std::optional<IpAddress> source_v4;
  std::optional<IpAddress> source_v6;
  [[nodiscard]] const std::optional<IpAddress>& source(IpFamily family) const {
    return family == IpFamily::V4 ? source_v4 : source_v6;
  }
};

struct PingOutcome {
  IpAddress target;
  unsigned sent = 0;
  unsigned answered = 0;
  std::optional<Duration> rtt;  // of the first answer
  std::string error;            // why it could not be sent; empty when it could
  bool operator==(const PingOutcome&) const = default;
};
struct PingPlan {
  IpAddress target;
  std::size_t packet_bytes = 84;            // the whole IP packet; never fragmented
  unsigned count = 3;                       // at most; the first answer ends it
  Duration wait = std::chrono::seconds(1);  // for each
};
Task<PingOutcome> ping(Loop& loop, Path path, PingPlan plan, Cancel cancel);

// The largest of the packets from 576 (IPv6: 1280) to `upper` bytes that are answered, found by
// bisection to within 8 bytes; nothing when not even the smallest is.
Task<std::optional<std::size_t>> largest_packet(Loop& loop, Path path, IpAddress target,
                                                std::size_t upper, Cancel cancel);

struct DnsOutcome {
  IpAddress server;
  bool answered = false;
  std::string code;  // of the answer: "NOERROR"
  std::optional<Duration> rtt;
  std::string error;  // why it could not be asked
  bool operator==(const DnsOutcome&) const = default;
};
// Two tries of a second each. name is asked for; which answer comes does not matter.
Task<DnsOutcome> ask_dns(Loop& loop, Path path, IpAddress server, std::string name, Cancel cancel);

}  // namespace mwan::tool
