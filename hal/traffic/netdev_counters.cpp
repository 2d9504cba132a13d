// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/netdev_counters.hpp"

#include <array>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace mwan {

bool continues(const NetdevCounters& before, const NetdevCounters& now) {
  return now.tx_packets >= before.tx_packets && now.tx_errors >= before.tx_errors &&
         now.tx_dropped >= before.tx_dropped && now.rx_packets >= before.rx_packets &&
         now.rx_errors >= before.rx_errors;
}

Result<NetdevCounters> read_netdev_counters(const std::string& netdev, const std::string& root) {
  const std::string where = "netdev " + netdev;
  if (netdev.empty() || netdev == "." || netdev == ".." || netdev.find('/') != std::string::npos) {
    return failed(FailureClass::Permanent, where, "this cannot be the name of a network device");
  }
  NetdevCounters counters;
  const std::array<std::pair<const char*, std::uint64_t*>, 5> files = {{
      {"tx_packets", &counters.tx_packets},
      {"tx_errors", &counters.tx_errors},
      {"tx_dropped", &counters.tx_dropped},
      {"rx_packets", &counters.rx_packets},
      {"rx_errors", &counters.rx_errors},
  }};
  for (const auto& [name, value] : files) {
    std::ifstream file(fmt::format("{}/sys/class/net/{}/statistics/{}", root, netdev, name));
    if (!(file >> *value)) {
      return failed(FailureClass::Gone, where,
                    fmt::format("its counter {} cannot be read: it is no longer there", name));
    }
  }
  return counters;
}

}  // namespace mwan
