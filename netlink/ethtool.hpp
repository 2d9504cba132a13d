// SPDX-License-Identifier: LGPL-2.1-or-later
// What an ethernet device and its partner agreed on.
#pragma once

#include <optional>
#include <string>

#include "hal/link_event.hpp"

namespace mwan::netlink {

// ETHTOOL_GLINKSETTINGS (linux/ethtool.h), in the network namespace of the calling thread. Nothing
// where the driver does not know: no partner, or no such thing as speed.
// NOTE Performance: some drivers ask the PHY, which takes up to milliseconds.
std::optional<fact::Speed> read_speed(const std::string& netdev);

}  // namespace mwan::netlink
