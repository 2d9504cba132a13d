// SPDX-License-Identifier: LGPL-2.1-or-later
// A tun device, which looks as a raw-IP modem's network device does: point-to-point, no ARP, no
// link-layer header; or a tap device, which looks as a card does. It vanishes when the descriptor
// is closed.
#pragma once

#include <string>

#include "hal/error.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::sim {

enum class TunPackets {
  Ip,
  EthernetFrames,
};

// In the network namespace of the caller.
Result<UniqueFd> open_tun(const std::string& name, TunPackets packets = TunPackets::Ip);
// In another one, given as a process id or a path like /run/netns/NAME.
Result<UniqueFd> open_tun_in(const std::string& name, const std::string& netns,
                             TunPackets packets = TunPackets::Ip);

}  // namespace mwan::sim
