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
      "nodelay\n"
      "timeout 0\n";
  if (options.family == IpFamily::V4) {
    out +=
        "ipv4only\n"
        // An address that nobody gave is no way to the internet.
        "noipv4ll\n"
        // Seconds of asking whether somebody else has the address: the server has done that.
        "noarp\n"
        "option subnet_mask, routers, classless_static_routes, domain_name_servers, "
        "interface_mtu\n";
  } else {
    out +=
        "ipv6only\n"
        // The daemon listens to routers itself, and starts this when one says that it should.
        "noipv6rs\n"
        "ia_na 1\n"
        "option dhcp6_name_servers\n";
  }
  if (!options.hostname.empty()) out += "hostname " + options.hostname + "\n";
  if (!options.client_id.empty()) out += "clientid " + options.client_id + "\n";
  out += "script " + options.script + "\n";
  out += "env MWAN_SOCKET=" + options.socket + "\n";
  return out;
}

}  // namespace mwan
