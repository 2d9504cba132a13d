// SPDX-License-Identifier: LGPL-2.1-or-later
// Client ids: who was given which, on which connections they are used, and the books that show
// whether they came back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tools/mwan-sim/codec/qmux.hpp"
#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

// Ownership is that of libqmi's proxy (qmi-proxy.c): a connection owns the ids allocated on it and
// any id it sends requests with; when it closes, its ids stay allocated in the modem, disowned,
// until somebody uses or releases them.
class Clients {
 public:
  using Connection = std::uint64_t;
  struct Counters {
    std::uint64_t allocated = 0;
    std::uint64_t released = 0;
    std::uint64_t lost = 0;  // wiped by a reset, a sync or an unplug
  };

  explicit Clients(std::uint8_t max_each) : max_each_(max_each) {}

  std::optional<ClientId> allocate(Connection connection, ServiceId service);
  bool release(ServiceId service, ClientId client);
  // Forgets all ids, as a modem that restarts does; tells which they were.
  std::vector<std::pair<ServiceId, ClientId>> lose_all();

  [[nodiscard]] std::vector<std::pair<ServiceId, ClientId>> all() const;
  [[nodiscard]] bool exists(ServiceId service, ClientId client) const;
  void used_by(Connection connection, ServiceId service, ClientId client);
  void closed(Connection connection);

  // Where an indication goes.
  [[nodiscard]] std::set<Connection> owners(ServiceId service, ClientId client) const;
  [[nodiscard]] const std::map<ServiceId, Counters>& counters() const { return counters_; }
  [[nodiscard]] std::size_t open(ServiceId service) const;
  [[nodiscard]] std::size_t disowned(ServiceId service) const;

 private:
  using Key = std::pair<ServiceId, ClientId>;
  std::uint8_t max_each_;
  std::map<Key, std::set<Connection>> clients_;
  std::map<ServiceId, ClientId> last_;  // ids are handed out in turn, so that stale ones show
  std::map<ServiceId, Counters> counters_;
};

}  // namespace mwan::sim::qmi
