// SPDX-License-Identifier: LGPL-2.1-or-later
// The configuration file that dhcpcd gets from us. Pure. Every word in it is known to dhcpcd 9.4
// and 10.
#pragma once

#include <string>

#include "hal/ip.hpp"

namespace mwan {

struct DhcpcdOptions {
  IpFamily family = IpFamily::V4;
  std::string hostname;   // letters, digits, '-' and '.'; empty: none is sent
  std::string client_id;  // no white space, quotes or backslashes; empty: the hardware address
  std::string script;     // absolute path without white space
  std::string socket;     // the same; what the script finds in MWAN_SOCKET
};

std::string dhcpcd_config(const DhcpcdOptions& options);

}  // namespace mwan
