// SPDX-License-Identifier: LGPL-2.1-or-later
// Network registration, packet service and bearers, in 3GPP's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/ip.hpp"
#include "hal/signal.hpp"

namespace mwan {

enum class RegistrationState { Unknown, NotRegistered, Searching, Home, Roaming, Denied };

struct Registration {
  RegistrationState state = RegistrationState::Unknown;
  Rat rat = Rat::Unknown;
  std::string plmn;                           // MCC and MNC as digits ("26201"), empty when unknown
  std::string operator_name;                  // as the network says; untrusted text
  std::optional<std::uint16_t> reject_cause;  // EMM/5GMM cause, 3GPP TS 24.301 section 9.9.3.9

  bool operator==(const Registration&) const = default;
  [[nodiscard]] bool registered() const {
    return state == RegistrationState::Home || state == RegistrationState::Roaming;
  }
};

// Whether the network serves data at all (EPS/GPRS attach and, where the modem has it, the system
// status of the DSD service): registered without it is no service.
enum class PacketServiceState { Unknown, Detached, Attached };

struct PacketService {
  PacketServiceState state = PacketServiceState::Unknown;
  Rat rat = Rat::Unknown;

  bool operator==(const PacketService&) const = default;
};

enum class BearerState { Disconnected, Connecting, Connected, Disconnecting };

// One PDN connection of one IP family.
struct Bearer {
  IpFamily family = IpFamily::V4;
  BearerState state = BearerState::Disconnected;
  std::optional<Error> end_reason;  // why it is not connected, where that is known

  bool operator==(const Bearer&) const = default;
};

}  // namespace mwan
