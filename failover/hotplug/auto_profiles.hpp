// SPDX-License-Identifier: LGPL-2.1-or-later
// Profiles for devices that nobody wrote one for (AUTO_PROFILES=yes). Pure; nothing is written to
// the user's files, a profile lives as long as its device is known.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "failover/config/configuration.hpp"
#include "hal/discovery/assign.hpp"
#include "hal/discovery/group.hpp"

namespace mwan::failover {

struct AutoProfileInput {
  const Configuration& configuration;  // the user's
  std::span<const HardwareDevice> devices;
  const Assignment& assignment;  // what the user's profiles have
  // Whether somebody uses a network device already: it has an address of its own or is part of a
  // bridge or bond. A wrong yes costs a link, a wrong no may cost the LAN.
  std::function<bool(const std::string& netdev)> in_use;
  // What was made before; what is in it is not asked in_use() again: it is us who use it.
  std::span<const Profile> before;
};

// Of the devices that udev's rules mark (ID_MWAN_CANDIDATE), that are complete, that no profile of
// the user's asks for and that nobody uses: one profile each.
//
// Their order is that of their nature, ethernet before modem before tether, then of their names,
// and all come behind the user's. Names are made from what the device is
// ("auto-modem-1199-9071-..."), so that a device keeps its name, and with it its place in logs,
// when it is plugged in again: from its serial number, or from where it is plugged in when it has
// none or shares it. Those of devices that left stay until others come, so that coming back changes
// nothing.
std::vector<Profile> auto_profiles(const AutoProfileInput& input);

// By what the device is known again, in the words of MATCH: its serial number where no other of the
// devices has the same, else its place. Empty when there is neither.
std::string identity_of(const HardwareDevice& device, std::span<const HardwareDevice> devices);

}  // namespace mwan::failover
