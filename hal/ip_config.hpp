// SPDX-License-Identifier: LGPL-2.1-or-later
// What a link was given to speak IP with, by a modem, a lease or a profile.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/ip.hpp"

namespace mwan {

struct IpFamilyConfig {
  IpPrefix address;                  // ours, with the on-link prefix
  std::optional<IpAddress> gateway;  // none on a point-to-point (raw-ip) link: routes are on-link
  std::vector<IpAddress> dns;

  bool operator==(const IpFamilyConfig&) const = default;
};

// At least one of v4 and v6 is set when this is reported as a fact; a family that is absent was
// not granted.
struct IpConfig {
  std::optional<IpFamilyConfig> v4;
  std::optional<IpFamilyConfig> v6;
  std::optional<std::uint32_t> mtu;  // bytes; absent = leave the device's own

  bool operator==(const IpConfig&) const = default;
};

}  // namespace mwan
