// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_registration.hpp"

#include <array>

#include <fmt/format.h>

namespace mwan::qmi {
namespace {

// QmiNasRadioInterface; the list holds every interface in use, LTE beside 5G under EN-DC.
Rat rat_of(std::uint8_t radio_interface) {
  switch (radio_interface) {
    case 4:
      return Rat::Gsm;
    case 5:
    case 9:
      return Rat::Umts;  // 9 is TD-SCDMA
    case 8:
      return Rat::Lte;
    case 12:
      return Rat::NrSa;
    default:
      return Rat::Unknown;
  }
}
int rank(Rat rat) {
  switch (rat) {
    case Rat::Lte:
      return 4;
    case Rat::NrSa:
      return 3;
    case Rat::Umts:
      return 2;
    case Rat::Gsm:
      return 1;
    default:
      return 0;
  }
}

// QmiNasRegistrationState
RegistrationState state_of(std::uint8_t value) {
  switch (value) {
    case 0:
      return RegistrationState::NotRegistered;
    case 1:
      return RegistrationState::Home;
    case 2:
      return RegistrationState::Searching;
    case 3:
      return RegistrationState::Denied;
    default:
      return RegistrationState::Unknown;
  }
}

// QmiNasAttachState
PacketServiceState packet_service_of(std::uint8_t value) {
  switch (value) {
    case 1:
      return PacketServiceState::Attached;
    case 2:
      return PacketServiceState::Detached;
    default:
      return PacketServiceState::Unknown;
  }
}

// Without word on the number of digits, MNCs up to 99 have two (3GPP TS 24.008 section 10.5.1.3).
std::string plmn_text(std::uint16_t mcc, std::uint16_t mnc, bool three_digits) {
  if (mcc > 999 || mnc > 999 || mcc == 0) return {};
  return three_digits || mnc > 99 ? fmt::format("{:03}{:03}", mcc, mnc)
                                  : fmt::format("{:03}{:02}", mcc, mnc);
}

}  // namespace

Result<ServingSystem> decode_serving_system(TlvView message, Kind kind) {
  ServingSystem out;
  const auto main = message.find(0x01);
  if (!main) return missing("serving-system", 0x01);
  Reader r(*main);
  out.state = state_of(r.u8());
  r.skip(1);  // circuit-switched attach
  out.packet_service = packet_service_of(r.u8());
  r.skip(1);  // selected network
  const std::uint8_t count = r.u8();
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const Rat rat = rat_of(r.u8());
    if (rank(rat) > rank(out.rat)) out.rat = rat;
  }
  if (!r.ok()) return malformed("serving-system", 0x01, *main);

  if (const auto value = message.find(0x10)) {
    Reader roaming(*value);
    out.roaming = roaming.u8() == 0;  // QmiNasRoamingIndicatorStatus: 0 is on
    if (!roaming.ok()) return malformed("serving-system", 0x10, *value);
  }
  if (const auto value = message.find(0x12)) {
    Reader plmn(*value);
    const std::uint16_t mcc = plmn.u16();
    const std::uint16_t mnc = plmn.u16();
    const ByteView text = plmn.bytes(plmn.u8());
    if (!plmn.ok()) return malformed("serving-system", 0x12, *value);
    bool three_digits = false;
    const std::uint8_t digits_type = kind == Kind::Response ? 0x27 : 0x29;
    if (const auto digits = message.find(digits_type)) {
      Reader d(*digits);
      const bool same = d.u16() == mcc && d.u16() == mnc;
      three_digits = d.u8() != 0 && same;
      if (!d.ok()) return malformed("serving-system", digits_type, *digits);
    }
    out.plmn = plmn_text(mcc, mnc, three_digits);
    out.operator_name = clean_text(text);
  }
  return out;
}

Result<SystemInfo> decode_system_info(TlvView message, Kind kind) {
  SystemInfo out;
  const bool response = kind == Kind::Response;
  const std::uint8_t nr_status = response ? 0x4a : 0x4c;
  const std::uint8_t nr_info = response ? 0x4b : 0x4d;

  const std::array<std::pair<std::uint8_t, bool*>, 4> statuses = {{{0x12, &out.other_service},
                                                                   {0x13, &out.other_service},
                                                                   {0x14, &out.lte_service},
                                                                   {nr_status, &out.nr_service}}};
  for (const auto& [type, flag] : statuses) {
    const auto value = message.find(type);
    if (!value) continue;
    Reader r(*value);
    if (r.u8() == 2) *flag = true;  // QmiNasServiceStatus: 2 is available
    if (!r.ok()) return malformed("system-info", type, *value);
  }

  // GSM, UMTS, LTE and 5G begin alike, every field after a byte that says whether it is valid.
  for (const std::uint8_t type :
       {std::uint8_t{0x17}, std::uint8_t{0x18}, std::uint8_t{0x19}, nr_info}) {
    const auto value = message.find(type);
    if (!value) continue;
    Reader r(*value);
    r.skip(4);  // domain, service capability
    const bool roaming_valid = r.u8() != 0;
    const bool roaming = r.u8() != 0;  // QmiNasRoamingStatus: 0 is off
    r.skip(2);                         // forbidden
    r.skip(3);                         // LAC
    r.skip(5);                         // CID
    const bool reject_valid = r.u8() != 0;
    r.skip(1);  // domain of the refusal
    const std::uint8_t cause = r.u8();
    if (!r.ok()) return malformed("system-info", type, *value);
    if (roaming_valid) out.roaming = roaming;
    if (reject_valid && cause != 0) out.reject_cause = cause;
  }
  return out;
}

Result<NetworkReject> decode_network_reject(TlvView message) {
  NetworkReject out;
  const auto cause = message.find(0x03);
  if (!cause) return missing("network-reject", 0x03);
  Reader r(*cause);
  out.cause = r.u8();
  if (!r.ok()) return malformed("network-reject", 0x03, *cause);
  if (const auto value = message.find(0x01)) {
    Reader radio(*value);
    out.rat = rat_of(radio.u8());
  }
  if (const auto value = message.find(0x02)) {
    Reader domain(*value);
    const std::uint8_t which = domain.u8();
    out.packet_domain = which == 2 || which == 3;  // QmiNasNetworkServiceDomain: PS, CS and PS
  }
  return out;
}

Result<HomeNetwork> decode_home_network(TlvView message) {
  const auto main = message.find(0x01);
  if (!main) return missing("home-network", 0x01);
  Reader r(*main);
  const std::uint16_t mcc = r.u16();
  const std::uint16_t mnc = r.u16();
  const ByteView text = r.bytes(r.u8());
  if (!r.ok()) return malformed("home-network", 0x01, *main);
  bool three_digits = false;
  if (const auto digits = message.find(0x12)) {
    Reader d(*digits);
    d.skip(1);  // whether it is a 3GPP network
    three_digits = d.u8() != 0;
    if (!d.ok()) return malformed("home-network", 0x12, *digits);
  }
  return HomeNetwork{.plmn = plmn_text(mcc, mnc, three_digits), .name = clean_text(text)};
}

const Registration& RegistrationCache::apply(const ServingSystem& report) {
  known_.state = report.state;
  known_.rat = report.rat;
  registered_ = report.state == RegistrationState::Home;
  if (report.roaming) roaming_ = *report.roaming;
  if (report.plmn) known_.plmn = *report.plmn;
  if (report.operator_name) known_.operator_name = *report.operator_name;
  settle();
  return known_;
}

const Registration& RegistrationCache::apply(const SystemInfo& report) {
  if (report.roaming) roaming_ = *report.roaming;
  if (report.reject_cause) known_.reject_cause = report.reject_cause;
  settle();
  return known_;
}

const Registration& RegistrationCache::apply(const NetworkReject& report) {
  known_.reject_cause = report.cause;
  settle();
  return known_;
}

void RegistrationCache::settle() {
  if (registered_) {
    known_.state = roaming_ ? RegistrationState::Roaming : RegistrationState::Home;
    known_.reject_cause.reset();
    return;
  }
  if (known_.state == RegistrationState::NotRegistered ||
      known_.state == RegistrationState::Searching) {
    // The name of a network we are no longer on says nothing.
    known_.plmn.clear();
    known_.operator_name.clear();
    known_.rat = Rat::Unknown;
  }
}

}  // namespace mwan::qmi
