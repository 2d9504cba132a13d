// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the kernel's route messages (rtnetlink(7)) for one question: which device carries the
// IPv4 default route of the main table? Pure, and on purpose not the daemon's own code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace mwan::lab {

struct DefaultRoute {
  bool added = false;  // RTM_NEWROUTE; otherwise RTM_DELROUTE
  std::uint32_t metric = 0;
  int device_index = 0;  // of the first next hop; 0 where the route has no device
  bool operator==(const DefaultRoute&) const = default;
};

// The default-route messages in one datagram, in its order; anything else in it is passed over.
std::vector<DefaultRoute> read_route_messages(std::span<const std::byte> datagram);

// The default routes of the main table, followed from their messages. The one of the lowest metric
// is used.
class DefaultRoutes {
 public:
  void apply(const DefaultRoute& change);
  // The device index of the route in use.
  [[nodiscard]] std::optional<int> in_use() const;

 private:
  std::map<std::uint32_t, int> device_by_metric_;
};

}  // namespace mwan::lab
