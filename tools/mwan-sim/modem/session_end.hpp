// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a data session is not, or no longer.
#pragma once

#include <cstdint>

namespace mwan::sim {

enum class EndCause {
  HostRequest,
  RadioOff,
  NoService,  // coverage was lost
  Detached,   // the network detached the modem from packet service
  Network,    // the network released or refused the session; sm_cause says why
};

struct SessionEnd {
  EndCause cause = EndCause::HostRequest;
  std::uint16_t sm_cause = 0;  // 3GPP TS 24.008 section 10.5.6.6, with EndCause::Network
  bool operator==(const SessionEnd&) const = default;
};

// ESM causes of 3GPP TS 24.301 section 9.9.4.4 for a family the network does not grant.
constexpr std::uint16_t kIpv4Only = 50;
constexpr std::uint16_t kIpv6Only = 51;

}  // namespace mwan::sim
