// SPDX-License-Identifier: LGPL-2.1-or-later
// Connect, IP configuration and packet statistics (MBIM 1.0 sections 10.5.12, 10.5.15, 10.5.20).
#pragma once

#include <cstdint>
#include <optional>

#include "hal/ip_config.hpp"
#include "modems/adapter.hpp"
#include "modems/causes.hpp"
#include "modems/mbim/messages.hpp"

namespace mwan::mbim {

// MbimActivationState
enum class Activation { Unknown, Activated, Activating, Deactivated, Deactivating };

// The same in every version: what MBIMEx 3.0 adds comes behind it.
struct Connection {
  std::uint32_t session = 0;
  Activation state = Activation::Unknown;
  ContextIp type = ContextIp::Default;
  std::uint32_t nw_error = 0;  // a session management cause of 3GPP; 0 is none

  bool operator==(const Connection&) const = default;
  [[nodiscard]] bool active() const { return state == Activation::Activated; }
  // Whether the session carries a family; a modem that does not say which is taken to.
  [[nodiscard]] bool carries(IpFamily family) const;
};
Result<Connection> decode_connect(ByteView buffer);

// Why a bearer was refused or ended.
Explanation explain_nw_error(std::uint32_t nw_error);

struct IpSettings {
  std::uint32_t session = 0;
  std::optional<IpFamilyConfig> v4;  // absent without an address
  std::optional<IpFamilyConfig> v6;  // the same; a link-local address is none
  std::optional<std::uint32_t> v4_mtu;
  std::optional<std::uint32_t> v6_mtu;

  bool operator==(const IpSettings&) const = default;
  // Of one family alone; absent without an address.
  [[nodiscard]] std::optional<IpConfig> of(IpFamily family) const;
};
Result<IpSettings> decode_ip_configuration(ByteView buffer);

Result<TrafficCounters> decode_packet_statistics(ByteView buffer);

}  // namespace mwan::mbim
