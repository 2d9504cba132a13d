// SPDX-License-Identifier: LGPL-2.1-or-later
// Counting numbered packets: which were lost, and when. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "hal/time.hpp"

namespace mwan::lab {

// The life of one numbered packet. It arrives or it does not: a copy that arrives later than the
// first changes nothing.
struct PacketRecord {
  Instant sent;
  std::optional<Instant> arrived;   // at the server, the first copy
  std::optional<Instant> answered;  // its echo was back at the client
};

struct PacketCount {
  std::size_t sent = 0;
  std::size_t lost = 0;               // never reached the server
  std::size_t unanswered = 0;         // reached it, but the echo did not come back
  std::optional<Instant> first_lost;  // by the time of sending
  std::optional<Instant> last_lost;

  bool operator==(const PacketCount&) const = default;
};

// Of the packets that were sent at from or later and before to.
PacketCount count_packets(std::span<const PacketRecord> records, Instant from, Instant to);

}  // namespace mwan::lab
