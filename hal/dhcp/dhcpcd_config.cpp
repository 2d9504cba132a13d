// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/dhcp/dhcpcd_config.hpp"

namespace mwan {

std::string dhcpcd_config(const DhcpcdOptions& options) {
  std::string out =
      "# Made by mwan-daemon-universal, and made again at every start.\n"
      // It reports; addresses, routes, MTU and name servers are the daemon's business.
      "noconfigure\n"
      "nogateway\n"
      "nohook *\n"
      "nodev\n"
      "ipv4only\n"
      // An address that nobody gave is no way to the internet.
      "noipv4ll\n"
      // Seconds of asking whether somebody else has the address: the server has done that.
      "noarp\n"
      "nodelay\n"
      "timeout 0\n"
      "option subnet_mask, routers, classless_static_routes, domain_name_servers, interface_mtu\n";
  if (!options.hostname.empty()) out += "hostname " + options.hostname + "\n";
  if (!options.client_id.empty()) out += "clientid " + options.client_id + "\n";
  out += "script " + options.script + "\n";
  out += "env MWAN_SOCKET=" + options.socket + "\n";
  return out;
}

}  // namespace mwan
