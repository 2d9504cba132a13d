// SPDX-License-Identifier: LGPL-2.1-or-later
// What drivers ask the kernel about network devices, without knowing how it is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/ip.hpp"
#include "hal/link_event.hpp"
#include "hal/traffic/netdev_counters.hpp"

namespace mwan {

struct LinkState {
  bool present = false;
  std::uint32_t ifindex = 0;
  bool admin_up = false;
  bool carrier = false;   // false while the device is down
  std::uint32_t mtu = 0;  // bytes
  bool operator==(const LinkState&) const = default;
};

// A subscription lasts as long as its handle; it must not outlive the monitor. Calls come from the
// main loop: first with what is there now, then with every change.
class LinkMonitor {
 public:
  using Watch = std::shared_ptr<void>;

  LinkMonitor() = default;
  LinkMonitor(const LinkMonitor&) = delete;
  LinkMonitor& operator=(const LinkMonitor&) = delete;
  virtual ~LinkMonitor() = default;

  // By name, through the device's disappearance and return under another index.
  [[nodiscard]] virtual Watch watch_link(const std::string& netdev,
                                         std::function<void(const LinkState&)> call) = 0;
  // What neighbour unreachability detection thinks of an address on a device.
  [[nodiscard]] virtual Watch watch_neighbour(const std::string& netdev, const IpAddress& address,
                                              std::function<void(fact::Nud)> call) = 0;

  virtual Status set_admin(const std::string& netdev, bool up) = 0;
  // Ask the neighbour now whether it is there; watch_neighbour() tells: Probing at once, then
  // Reachable with its answer or, after the kernel's own patience (three questions, a second each),
  // Failed. It costs an ARP or neighbour solicitation on the wire, nothing beyond the gateway.
  virtual Status confirm_neighbour(const std::string& netdev, const IpAddress& address) = 0;

  virtual Result<NetdevCounters> counters(const std::string& netdev) = 0;
  // Nothing for devices that have no speed (tun, ppp, most modems) or no partner at the moment.
  [[nodiscard]] virtual std::optional<fact::Speed> speed(const std::string& netdev) = 0;
};

}  // namespace mwan
