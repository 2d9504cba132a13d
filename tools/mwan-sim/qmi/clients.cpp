// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/clients.hpp"

#include <algorithm>

namespace mwan::sim::qmi {

std::optional<ClientId> Clients::allocate(Connection connection, ServiceId service) {
  if (open(service) >= max_each_) return std::nullopt;
  ClientId& last = last_[service];
  do {
    // 0 is the control service's, 0xFF is the broadcast.
    last = last >= 0xFE ? 1 : static_cast<ClientId>(last + 1);
  } while (clients_.contains({service, last}));
  clients_[{service, last}] = {connection};
  ++counters_[service].allocated;
  return last;
}

bool Clients::release(ServiceId service, ClientId client) {
  if (clients_.erase({service, client}) == 0) return false;
  ++counters_[service].released;
  return true;
}

std::vector<std::pair<ServiceId, ClientId>> Clients::lose_all() {
  std::vector<Key> lost;
  for (const auto& [key, owners] : clients_) {
    lost.push_back(key);
    ++counters_[key.first].lost;
  }
  clients_.clear();
  return lost;
}

std::vector<std::pair<ServiceId, ClientId>> Clients::all() const {
  std::vector<Key> keys;
  keys.reserve(clients_.size());
  for (const auto& [key, owners] : clients_) keys.push_back(key);
  return keys;
}

bool Clients::exists(ServiceId service, ClientId client) const {
  return clients_.contains({service, client});
}

void Clients::used_by(Connection connection, ServiceId service, ClientId client) {
  const auto entry = clients_.find({service, client});
  if (entry != clients_.end()) entry->second.insert(connection);
}

void Clients::closed(Connection connection) {
  for (auto& [key, owners] : clients_) owners.erase(connection);
}

std::set<Clients::Connection> Clients::owners(ServiceId service, ClientId client) const {
  std::set<Connection> found;
  for (const auto& [key, owners] : clients_) {
    if (key.first != service) continue;
    if (client == kBroadcastClient || key.second == client)
      found.insert(owners.begin(), owners.end());
  }
  return found;
}

std::size_t Clients::open(ServiceId service) const {
  return static_cast<std::size_t>(
      std::count_if(clients_.begin(), clients_.end(),
                    [service](const auto& item) { return item.first.first == service; }));
}

std::size_t Clients::disowned(ServiceId service) const {
  return static_cast<std::size_t>(std::count_if(
      clients_.begin(), clients_.end(),
      [service](const auto& item) { return item.first.first == service && item.second.empty(); }));
}

}  // namespace mwan::sim::qmi
