// SPDX-License-Identifier: LGPL-2.1-or-later
// The independent witness: numbered UDP packets from the client to the server at a steady pace,
// echoed back. It knows nothing of the router between them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"
#include "tests/lab/netns.hpp"
#include "tests/lab/packet_count.hpp"

namespace mwan::lab {

// Threading: three threads of its own; the public functions may be called from any other.
class Traffic {
 public:
  // 100 packets a second, until destroyed, to an IPv4 address of the server's.
  static Result<std::unique_ptr<Traffic>> start(const NetNs& client_netns,
                                                const NetNs& server_netns,
                                                const std::string& address);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic();

  [[nodiscard]] std::vector<PacketRecord> records() const;
  // See count_packets(). Packets sent within the last second may still be on their way.
  [[nodiscard]] PacketCount count(Instant from, Instant to) const;

 private:
  Traffic(UniqueFd client, UniqueFd server, std::uint32_t address);
  void send_packets(std::uint32_t address);
  void echo_packets();
  void read_answers();

  UniqueFd client_;
  UniqueFd server_;
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::vector<PacketRecord> records_;  // indexed by the packet's number
  std::vector<std::thread> threads_;
};

}  // namespace mwan::lab
