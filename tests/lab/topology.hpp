// SPDX-License-Identifier: LGPL-2.1-or-later
// The little internet of the lab:
//
//   client --- lan0 router eth1 --- ISP ------- server
//                          wwan0 ~~ operator ---'
//
// wwan0 and the operator's end of it are made by the modem simulator. Like real ones, the ISP and
// the operator carry packets of their own customer's address only. Addresses are those set aside
// for documentation, benchmarks and private use (RFC 5737, RFC 2544, RFC 1918).
#pragma once

#include <string>
#include <vector>

#include "hal/error.hpp"
#include "tests/lab/netns.hpp"

namespace mwan::lab {

inline constexpr const char* wired_device = "eth1";
inline constexpr const char* wired_address = "203.0.113.2/30";
inline constexpr const char* wired_gateway = "203.0.113.1";
inline constexpr const char* modem_device = "wwan0";
inline constexpr const char* operator_device = "lte0";
inline constexpr const char* server_address = "198.51.100.10";
// What the simulated network gives the modem, and what the operator therefore serves.
inline constexpr const char* customer_address = "10.64.0.2";
// Further addresses of the server, as targets for probes.
inline constexpr const char* probe_targets = "198.51.100.10,198.51.100.11,198.51.100.12";

class Topology {
 public:
  // Namespaces, cables, addresses, and the routes that do not depend on the modem. The router has
  // strict reverse-path filtering (as IPFire), forwards, and has no default route and no NAT.
  static Result<Topology> build();

  [[nodiscard]] const NetNs& client() const { return client_; }
  [[nodiscard]] const NetNs& router() const { return router_; }
  [[nodiscard]] const NetNs& isp() const { return isp_; }
  [[nodiscard]] const NetNs& lte_operator() const { return operator_; }
  [[nodiscard]] const NetNs& server() const { return server_; }

  // Once the simulator has made operator_device: let the operator serve its customer.
  [[nodiscard]] Status serve_customer() const;

  // The wired line's cable: pulled, the carrier is gone at the router.
  [[nodiscard]] Status plug_cable(bool in) const { return isp_.set_link("cpe0", in); }
  // Whether the ISP forwards. Cut off, its first hop still answers and the carrier stays.
  [[nodiscard]] Status isp_upstream(bool works) const {
    return isp_.sysctl("net/ipv4/conf/all/forwarding", works ? "1" : "0");
  }

 private:
  Topology(NetNs client, NetNs router, NetNs isp, NetNs lte_operator, NetNs server);
  [[nodiscard]] Status set_up() const;

  NetNs client_;
  NetNs router_;
  NetNs isp_;
  NetNs operator_;
  NetNs server_;
};

// What the daemon may change in a namespace and has to leave as it found it: addresses, routes of
// all tables, rules, nftables. A listing of lines; equal listings = equal state.
Result<std::vector<std::string>> network_state(const NetNs& netns);

}  // namespace mwan::lab
