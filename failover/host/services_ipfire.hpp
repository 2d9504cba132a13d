// SPDX-License-Identifier: LGPL-2.1-or-later
// What IPFire's services need after RED has changed without its hooks: the resolver's forwarders,
// WireGuard's routes to its peers, QoS, the proxy, dynamic DNS and IPsec. The firewall and the
// conntrack entries of the old link are the host's own and done before.
#pragma once

#include <vector>

#include "failover/host/ipfire/paths.hpp"
#include "failover/host/ipfire/seams.hpp"
#include "failover/host/services.hpp"

namespace mwan::failover::ipfire {

// Which of them there are, and switched on in the web UI.
struct EnabledServices {
  bool unbound = false;    // the initscript is there
  bool squid = false;      // proxy/enable, or proxy/enable_blue
  bool wireguard = false;  // ENABLED=on in wireguard/settings
  bool qos = false;        // ENABLED=on in qos/settings
  bool ddns = false;       // the hook is there; it looks itself whether it is to do something
  bool ipsec = false;      // likewise
  bool operator==(const EnabledServices&) const = default;
};
EnabledServices look_for_services(const Paths& paths);

// quick: seconds; slow: may take minutes, and nothing waits for them.
struct ServicePlan {
  std::vector<ServiceTask> quick;
  std::vector<ServiceTask> slow;
};
// Pure.
ServicePlan plan_services(const Paths& paths, const EnabledServices& enabled,
                          const RedChange& change);

// NOTE Threading: on the loop's thread.
class IpfireServices final : public Services {
 public:
  IpfireServices(Loop& loop, Paths paths);
  void run(const RedChange& change, Done done) override;

 private:
  Paths paths_;
  ServiceLane quick_;
  ServiceLane slow_;
};

}  // namespace mwan::failover::ipfire
