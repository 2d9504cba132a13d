// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_registration.hpp"

#include <algorithm>

namespace mwan::mbim {
namespace {

// MbimDataClass
constexpr std::uint32_t kGsm = 0x01 | 0x02;          // GPRS, EDGE
constexpr std::uint32_t kUmts = 0x04 | 0x08 | 0x10;  // UMTS, HSDPA, HSUPA
constexpr std::uint32_t kLte = 0x20;
constexpr std::uint32_t kNrNsa = 0x40;  // in 3.0: 5G of either kind
constexpr std::uint32_t kNrSa = 0x80;

// MbimRegisterState
RegistrationState registration_state(std::uint32_t state) {
  switch (state) {
    case 1:
      return RegistrationState::NotRegistered;
    case 2:
      return RegistrationState::Searching;
    case 3:
      return RegistrationState::Home;
    case 4:  // roaming
    case 5:  // at a partner of the home network
      return RegistrationState::Roaming;
    case 6:
      return RegistrationState::Denied;
    default:
      return RegistrationState::Unknown;
  }
}

}  // namespace

Rat rat_of(std::uint32_t data_classes, Mbimex version) {
  if (version == Mbimex::V3 && (data_classes & kNrNsa) != 0) {
    return (data_classes & kLte) != 0 ? Rat::NrNsa : Rat::NrSa;
  }
  if ((data_classes & kNrSa) != 0) return Rat::NrSa;
  if ((data_classes & kNrNsa) != 0) return Rat::NrNsa;
  if ((data_classes & kLte) != 0) return Rat::Lte;
  if ((data_classes & kUmts) != 0) return Rat::Umts;
  if ((data_classes & kGsm) != 0) return Rat::Gsm;
  return Rat::Unknown;
}

std::string plmn_of(const std::string& provider_id) {
  const bool digits = std::ranges::all_of(provider_id, [](char c) { return c >= '0' && c <= '9'; });
  const bool right = provider_id.size() == 5 || provider_id.size() == 6;
  return digits && right ? provider_id : std::string();
}

Result<RegisterState> decode_register_state(ByteView buffer, Mbimex version) {
  Fields f(buffer);
  RegisterState out;
  out.nw_error = f.u32();
  const RegistrationState state = registration_state(f.u32());
  out.automatic = f.u32() == 1;  // MbimRegisterMode
  const std::uint32_t available = f.u32();
  f.skip(4);  // cellular class
  const std::string plmn = plmn_of(f.text());
  const std::string name = f.text();
  if (!f.ok()) return malformed("register-state", buffer);
  Registration& r = out.registration;
  r.state = state;
  if (r.registered()) {
    r.rat = rat_of(available, version);
    r.plmn = plmn;
    r.operator_name = name;
  } else if (out.nw_error != 0 && out.nw_error <= 0xffff) {
    r.reject_cause = static_cast<std::uint16_t>(out.nw_error);
  }
  return out;
}

Result<PacketServiceInfo> decode_packet_service(ByteView buffer, Mbimex version) {
  Fields f(buffer);
  PacketServiceInfo out;
  out.nw_error = f.u32();
  const std::uint32_t state = f.u32();  // MbimPacketServiceState
  std::uint32_t classes = f.u32();
  f.skip_words(4);  // speeds
  if (!f.ok()) return malformed("packet-service", buffer);
  if (version == Mbimex::V3) {
    f.skip(4);                               // frequency range
    const std::uint32_t subclass = f.u32();  // MbimDataSubclass
    constexpr std::uint32_t kStandalone = 0x02;
    if (!f.ok()) return malformed("packet-service", buffer);
    if ((classes & kNrNsa) != 0) {
      const bool alone = (subclass & kStandalone) != 0;
      out.service.rat = alone ? Rat::NrSa : Rat::NrNsa;
      classes = 0;
    }
  }
  if (classes != 0) out.service.rat = rat_of(classes, version);
  switch (state) {
    case 2:
      out.service.state = PacketServiceState::Attached;
      break;
    case 1:
    case 3:
    case 4:
      out.service.state = PacketServiceState::Detached;
      out.changing = state != 4;
      break;
    default:
      break;
  }
  if (out.service.state != PacketServiceState::Attached) out.service.rat = Rat::Unknown;
  return out;
}

}  // namespace mwan::mbim
