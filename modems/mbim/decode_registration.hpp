// SPDX-License-Identifier: LGPL-2.1-or-later
// Register state and packet service (MBIM 1.0 sections 10.5.9 and 10.5.10; MBIMEx 2.0 and 3.0).
#pragma once

#include <cstdint>
#include <string>

#include "hal/registration.hpp"
#include "modems/mbim/messages.hpp"

namespace mwan::mbim {

struct RegisterState {
  Registration registration;
  bool automatic = false;      // the modem chooses the network
  std::uint32_t nw_error = 0;  // a registration cause of 3GPP; 0 is none

  bool operator==(const RegisterState&) const = default;
};
Result<RegisterState> decode_register_state(ByteView buffer, Mbimex version);

struct PacketServiceInfo {
  PacketService service;
  bool changing = false;  // attaching or detaching
  std::uint32_t nw_error = 0;

  bool operator==(const PacketServiceInfo&) const = default;
};
Result<PacketServiceInfo> decode_packet_service(ByteView buffer, Mbimex version);

// The technology of one bit or of several of MbimDataClass (MbimDataClassV3 in 3.0): the best.
Rat rat_of(std::uint32_t data_classes, Mbimex version);

// Five or six digits, or nothing.
std::string plmn_of(const std::string& provider_id);

}  // namespace mwan::mbim
