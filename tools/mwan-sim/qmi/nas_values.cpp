// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/nas_values.hpp"

#include <cstdlib>

namespace mwan::sim::qmi {
namespace {

// QmiNasServiceStatus
constexpr std::uint8_t kNoService = 0;
constexpr std::uint8_t kLimited = 1;
constexpr std::uint8_t kAvailable = 2;

std::uint8_t registration_number(RegistrationState state) {
  switch (state) {
    case RegistrationState::Home:
    case RegistrationState::Roaming:
      return 1;
    case RegistrationState::Searching:
      return 2;
    case RegistrationState::Denied:
      return 3;
    case RegistrationState::NotRegistered:
      return 0;
    case RegistrationState::Unknown:
      break;
  }
  return 4;
}

std::uint8_t service_status(const Modem& modem) {
  if (modem.network().registered()) return kAvailable;
  return modem.measuring() ? kLimited : kNoService;
}

std::uint8_t data_capability(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return 0x02;  // EDGE
    case Rat::Umts:
      return 0x0C;  // HSDPA+
    default:
      return 0x0B;  // LTE
  }
}

// The TLVs of system info for one technology: {service status, system info}, response and
// indication.
struct SystemTlvs {
  std::uint8_t status;
  std::uint8_t info;
};

SystemTlvs system_tlvs(Rat rat, Form form) {
  switch (rat) {
    case Rat::Gsm:
      return {0x12, 0x17};
    case Rat::Umts:
      return {0x13, 0x18};
    case Rat::NrSa:
      return form == Form::Response ? SystemTlvs{0x4A, 0x4B} : SystemTlvs{0x4C, 0x4D};
    default:
      return {0x14, 0x19};
  }
}

void write_system(ByteWriter out, const Modem& modem) {
  const Radio& radio = modem.radio();
  const bool registered = modem.network().registered();
  const bool roaming = modem.network().state() == RegistrationState::Roaming;
  const auto flag = [](bool value) { return static_cast<std::uint8_t>(value); };
  out.u8(1).u8(modem.network().attached() ? kDomainPs : kDomainNone);
  out.u8(1).u8(kDomainPs);
  out.u8(flag(registered)).u8(flag(roaming));
  out.u8(1).u8(flag(modem.network().state() == RegistrationState::Denied));
  const bool older = radio.serving == Rat::Gsm || radio.serving == Rat::Umts;
  out.u8(flag(older)).u16(older ? static_cast<std::uint16_t>(radio.cell.tac) : 0xFFFF);
  out.u8(1).u32(radio.cell.cell_id);
  const auto cause = modem.network().reject_cause();
  out.u8(flag(cause.has_value())).u8(cause ? kDomainPs : kDomainNone);
  out.u8(static_cast<std::uint8_t>(cause.value_or(0)));
  const Plmn& plmn = modem.plmn();
  out.u8(1).text(plmn.mcc).text(plmn.mnc);
  if (plmn.mnc.size() == 2) out.u8(0xFF);
  switch (radio.serving) {
    case Rat::Gsm:
      out.u8(1).u8(1).u8(0).u8(0);  // EGPRS; DTM unknown
      break;
    case Rat::Umts:
      out.u8(0).u8(0).u8(0).u8(0).u8(1).u16(radio.cell.pci);  // HS unknown; scrambling code
      break;
    default:
      out.u8(1).u16(static_cast<std::uint16_t>(radio.cell.tac));
      break;
  }
}

}  // namespace

std::uint8_t radio_interface(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return 0x04;
    case Rat::Umts:
      return 0x05;
    case Rat::NrSa:
      return 0x0C;
    case Rat::Lte:
    case Rat::NrNsa:  // registration is with the LTE anchor
      return 0x08;
    case Rat::Unknown:
      break;
  }
  return 0x00;
}

std::uint16_t digits(const std::string& text) {
  return static_cast<std::uint16_t>(std::strtoul(text.c_str(), nullptr, 10));
}

void write_plmn(TlvList& tlvs, std::uint8_t type, const Plmn& plmn) {
  tlvs.add(type)
      .u16(digits(plmn.mcc))
      .u16(digits(plmn.mnc))
      .u8(static_cast<std::uint8_t>(plmn.name.size()))
      .text(plmn.name);
}

void write_serving_system(TlvList& tlvs, const Modem& modem, Form form) {
  constexpr std::uint8_t kDetached = 2;
  constexpr std::uint8_t kAttached = 1;
  constexpr std::uint8_t k3gpp = 2;
  const bool response = form == Form::Response;
  const Radio& radio = modem.radio();
  const bool camped = modem.measuring();
  const std::uint8_t interface = camped ? radio_interface(radio.serving) : 0;
  tlvs.add(0x01)
      .u8(registration_number(modem.network().state()))
      .u8(kDetached)
      .u8(modem.network().attached() ? kAttached : kDetached)
      .u8(k3gpp)
      .u8(1)
      .u8(interface);
  const bool forbidden = modem.network().state() == RegistrationState::Denied;
  const std::uint8_t capability = modem.network().attached() ? kDomainPs : kDomainNone;
  tlvs.add(response ? 0x21 : 0x22)
      .u8(service_status(modem))
      .u8(capability)
      .u8(kNoService)
      .u8(0)
      .u8(static_cast<std::uint8_t>(forbidden));
  if (!modem.network().registered()) return;
  const bool roaming = modem.network().state() == RegistrationState::Roaming;
  tlvs.add(0x10).u8(roaming ? 0 : 1);  // QmiNasRoamingIndicatorStatus: 0 is on
  if (modem.network().attached()) tlvs.add(0x11).u8(1).u8(data_capability(radio.serving));
  write_plmn(tlvs, 0x12, modem.plmn());
  const auto tac = static_cast<std::uint16_t>(radio.cell.tac);
  const bool older = radio.serving == Rat::Gsm || radio.serving == Rat::Umts;
  tlvs.add(response ? 0x1C : 0x1D).u16(older ? tac : 0xFFFE);
  tlvs.add(response ? 0x1D : 0x1E).u32(radio.cell.cell_id);
  if (!older) tlvs.add(response ? 0x24 : 0x25).u16(tac);
  tlvs.add(response ? 0x27 : 0x29)
      .u16(digits(modem.plmn().mcc))
      .u16(digits(modem.plmn().mnc))
      .u8(static_cast<std::uint8_t>(modem.plmn().mnc.size() == 3));
}

void write_system_info(TlvList& tlvs, const Modem& modem, Form form) {
  const Rat rat = modem.radio().serving;
  const std::uint8_t status = service_status(modem);
  const SystemTlvs types = system_tlvs(rat, form);
  tlvs.add(types.status)
      .u8(status)
      .u8(status)
      .u8(static_cast<std::uint8_t>(modem.network().attached()));
  if (status == kNoService) return;
  write_system(tlvs.add(types.info), modem);
  if (rat == Rat::NrSa) {
    const std::uint32_t tac = modem.radio().cell.tac;  // 24 bits, most significant first
    tlvs.add(form == Form::Response ? 0x50 : 0x52)
        .u8(static_cast<std::uint8_t>(tac >> 16))
        .u8(static_cast<std::uint8_t>(tac >> 8))
        .u8(static_cast<std::uint8_t>(tac));
  }
  if (rat == Rat::NrNsa) tlvs.add(form == Form::Response ? 0x4E : 0x50).u8(1);  // EN-DC available
}

}  // namespace mwan::sim::qmi
