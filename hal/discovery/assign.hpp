// SPDX-License-Identifier: LGPL-2.1-or-later
// Which profile gets which device. Pure and deterministic: it depends on what is there and on what
// was decided before, never on the order in which either is listed.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "hal/discovery/group.hpp"
#include "hal/discovery/match.hpp"
#include "hal/link_event.hpp"

namespace mwan {

// What a profile says about its device: one of match, control and net.
struct DeviceClaim {
  std::string profile;
  LinkKind kind = LinkKind::Ethernet;
  int priority = 0;                  // the lower number chooses first among equal claims
  std::optional<DeviceMatch> match;  // by identity
  std::string control;               // by name: "/dev/cdc-wdm0"
  std::string net;                   // by name: "eth1"
  bool automatic = false;            // made by ourselves: chooses last, whatever it says

  bool operator==(const DeviceClaim&) const = default;
};

// Profile to device id; profiles without a device are not in it.
using Assignment = std::map<std::string, std::string>;

// A device has at most one profile and a profile at most one device.
//
// Names go first: they are what the user wrote down. Then the more specific match; among equal ones
// who had its device before keeps it, and the others choose by priority, the device with the
// smallest path. So a device that comes later takes nobody's away, but for a profile that names it
// more precisely. Only devices that are complete() are given out, but by name.
Assignment assign_devices(std::span<const DeviceClaim> claims,
                          std::span<const HardwareDevice> devices, const Assignment& before);

// Whether a profile of this kind can use the device: any takes only what link_kind_of() says; a
// profile that names its device may treat a tether as ethernet, or the other way round.
bool usable_as(const DeviceClaim& claim, const HardwareDevice& device);

}  // namespace mwan
