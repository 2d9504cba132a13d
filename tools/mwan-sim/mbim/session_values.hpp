// SPDX-License-Identifier: LGPL-2.1-or-later
// The messages of a data session, read and written. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/mwan-sim/mbim/protocol.hpp"
#include "tools/mwan-sim/modem/bearers.hpp"

namespace mwan::sim::mbim {

// MbimContextIpType
constexpr std::uint32_t kIpDefault = 0;
constexpr std::uint32_t kIpv4 = 1;
constexpr std::uint32_t kIpv6 = 2;
constexpr std::uint32_t kIpv4v6 = 3;
constexpr std::uint32_t kIpv4AndIpv6 = 4;

// MbimContextType Internet.
constexpr Uuid kInternet = {0x7e, 0x5e, 0x2a, 0x7e, 0x4e, 0x6f, 0x72, 0x72,
                            0x73, 0x6b, 0x65, 0x6e, 0x7e, 0x5e, 0x2a, 0x7e};

// User name and password are passed over: the simulated network wants none.
struct ConnectRequest {
  std::uint32_t session = 0;
  bool activate = false;
  std::uint32_t ip_type = kIpDefault;
  Uuid context{};
  std::string apn;
};
// Nothing when the request does not add up.
std::optional<ConnectRequest> read_connect(const Bytes& info, Version version);

struct ConnectState {
  std::uint32_t session = 0;
  bool activating = false;
  bool ipv4 = false;  // neither: deactivated
  bool ipv6 = false;
  Uuid context{};
  std::string apn;
  std::uint32_t nw_error = 0;  // 3GPP cause
};
Bytes write_connect(const ConnectState& state, Version version);

// A family without a bearer is left out.
Bytes write_ip_configuration(std::uint32_t session, const BearerState* ipv4,
                             const BearerState* ipv6, std::uint32_t mtu);

std::uint32_t network_error(const SessionEnd& end);
Status status_of(const SessionEnd& end);

}  // namespace mwan::sim::mbim
