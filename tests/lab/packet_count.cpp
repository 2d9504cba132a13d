// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/packet_count.hpp"

namespace mwan::lab {

PacketCount count_packets(std::span<const PacketRecord> records, Instant from, Instant to) {
  PacketCount count;
  for (const PacketRecord& packet : records) {
    if (packet.sent < from || packet.sent >= to) continue;
    ++count.sent;
    if (!packet.arrived) {
      ++count.lost;
      if (!count.first_lost) count.first_lost = packet.sent;
      count.last_lost = packet.sent;
    } else if (!packet.answered) {
      ++count.unanswered;
    }
  }
  return count;
}

}  // namespace mwan::lab
