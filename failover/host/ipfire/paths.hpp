// SPDX-License-Identifier: LGPL-2.1-or-later
// Where IPFire 2.x keeps what concerns RED.
#pragma once

#include <string>

namespace mwan::failover::ipfire {

struct Paths {
  std::string root;  // "" on an IPFire box; tests put a tree below another folder

  [[nodiscard]] std::string ethernet_settings() const {
    return root + "/var/ipfire/ethernet/settings";
  }
  [[nodiscard]] std::string ppp_settings() const { return root + "/var/ipfire/ppp/settings"; }
  // iface, local-ipaddress, remote-ipaddress, active, keepconnected
  [[nodiscard]] std::string red() const { return root + "/var/ipfire/red"; }
  // dns1, dns2, and the pid files of dhcpcd and pppd
  [[nodiscard]] std::string run() const { return root + "/var/run"; }
  [[nodiscard]] std::string init_d() const { return root + "/etc/rc.d/init.d"; }
};

}  // namespace mwan::failover::ipfire
