// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/nas.hpp"

#include <utility>

#include "tools/mwan-sim/qmi/nas_values.hpp"

namespace mwan::sim::qmi {
namespace {

// QmiNasRatModePreference
constexpr std::uint16_t kModeGsm = 1U << 2;
constexpr std::uint16_t kModeUmts = 1U << 3;
constexpr std::uint16_t kModeLte = 1U << 4;
constexpr std::uint16_t kModeNr = 1U << 6;
constexpr std::uint16_t kModeAll = kModeGsm | kModeUmts | kModeLte | kModeNr;

constexpr std::uint16_t kServingSystem = 0x0024;
constexpr std::uint16_t kSystemInfoIndication = 0x004E;
constexpr std::uint16_t kRejectIndication = 0x0068;

std::vector<Rat> rats_of(std::uint16_t modes) {
  std::vector<Rat> rats;
  if ((modes & kModeGsm) != 0) rats.push_back(Rat::Gsm);
  if ((modes & kModeUmts) != 0) rats.push_back(Rat::Umts);
  if ((modes & kModeLte) != 0) rats.insert(rats.end(), {Rat::Lte, Rat::NrNsa});
  if ((modes & kModeNr) != 0) rats.push_back(Rat::NrSa);
  return rats;
}

Bytes bytes_of(const TlvList& tlvs) {
  Bytes bytes;
  tlvs.append_to(bytes);
  return bytes;
}

TlvList serving_system(const Modem& modem) {
  TlvList tlvs;
  write_serving_system(tlvs, modem, Form::Indication);
  return tlvs;
}

TlvList system_info(const Modem& modem) {
  TlvList tlvs;
  write_system_info(tlvs, modem, Form::Indication);
  return tlvs;
}

}  // namespace

Nas::Nas(ServiceHost& host) : Service(host, ServiceId::Nas, 1, 25), mode_preference_(kModeAll) {
  answer_supported_messages();
  answer(0x0000, [this](const Request& request) {
    clients_.reset(request.route.client);
    return Reply{};
  });
  answer(kNasEventReport, [this](const Request& request) { return set_event_report(request); });
  answer(0x0003, [this](const Request& request) { return register_indications(request); });
  answer(0x0022, [this](const Request& request) { return register_network(request); });
  answer(0x0023, [this](const Request& request) { return attach_detach(request); });
  answer(kServingSystem, [this](const Request&) {
    Reply reply;
    write_serving_system(reply.tlvs, modem(), Form::Response);
    return reply;
  });
  answer(0x0025, [this](const Request&) { return home_network(); });
  answer(0x0031, [this](const Request&) {
    Reply reply;
    if (!modem().measuring() || !write_band(reply.tlvs, modem().radio())) {
      return failure(ProtocolError::InformationUnavailable);
    }
    return reply;
  });
  answer(0x0033, [this](const Request& request) { return set_preference(request); });
  answer(0x0034, [this](const Request&) { return preference(); });
  answer(0x0043, [this](const Request&) {
    if (!modem().measuring()) return failure(ProtocolError::InformationUnavailable);
    Reply reply;
    write_cells(reply.tlvs, modem());
    return reply;
  });
  answer(0x004D, [this](const Request&) {
    Reply reply;
    write_system_info(reply.tlvs, modem(), Form::Response);
    return reply;
  });
  answer(0x0067, [this](const Request&) {
    modem().register_again();
    return Reply{};
  });
  answer_signal_messages();
}

Reply Nas::register_indications(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto serving_system_wanted = arguments.flag(0x13);
  const auto system_info_wanted = arguments.flag(0x18);
  const auto signal_info_wanted = arguments.flag(0x19);
  const auto rejects_wanted = arguments.flag(0x21);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.wants_serving_system = serving_system_wanted.value_or(client.wants_serving_system);
  client.wants_system_info = system_info_wanted.value_or(client.wants_system_info);
  client.wants_signal_info = signal_info_wanted.value_or(client.wants_signal_info);
  client.wants_rejects = rejects_wanted.value_or(client.wants_rejects);
  client.last_serving_system = bytes_of(serving_system(modem()));
  client.last_system_info = bytes_of(system_info(modem()));
  if (signal_info_wanted) client.signal.settle(modem().radio());
  return {};
}

Reply Nas::register_network(const Request& request) {
  constexpr std::uint8_t kAutomatic = 1;
  constexpr std::uint8_t kManual = 2;
  Arguments arguments(request.tlvs);
  const std::uint8_t action = arguments.need_u8(0x01);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (action != kAutomatic && action != kManual) {
    return failure(ProtocolError::InvalidRegisterAction);
  }
  if (action == kManual && !arguments.has(0x10)) return failure(ProtocolError::MissingArgument);
  if (!modem().sim().ready()) return failure(ProtocolError::DeviceNotReady);
  if (modem().network().registered()) return failure(ProtocolError::NoEffect);
  modem().register_again();
  return {};
}

Reply Nas::attach_detach(const Request& request) {
  constexpr std::uint8_t kAttach = 1;
  constexpr std::uint8_t kDetach = 2;
  Arguments arguments(request.tlvs);
  if (!arguments.has(0x10)) return failure(ProtocolError::MissingArgument);
  const std::uint8_t action = arguments.need_u8(0x10);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (action != kAttach && action != kDetach) return failure(ProtocolError::InvalidPsAttachAction);
  const bool attach = action == kAttach;
  if (modem().network().host_attach() == attach && modem().network().attached() == attach) {
    return failure(ProtocolError::NoEffect);
  }
  modem().set_host_attach(attach);
  return {};
}

Reply Nas::set_preference(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto modes = arguments.u16(0x11);
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (modes) {
    if ((*modes & kModeAll) == 0) return failure(ProtocolError::InvalidArgument);
    mode_preference_ = *modes & kModeAll;
    modem().set_allowed_rats(rats_of(mode_preference_));
  }
  return {};
}

Reply Nas::preference() const {
  Reply reply;
  reply.tlvs.add(0x10).u8(0);  // no emergency mode
  reply.tlvs.add(0x11).u16(mode_preference_);
  reply.tlvs.add(0x14).u16(0xFF);  // any roaming state
  reply.tlvs.add(0x16).u8(0);      // automatic network selection
  reply.tlvs.add(0x18).u32(1);     // packet service only
  return reply;
}

Reply Nas::home_network() const {
  if (!modem().sim().ready()) return failure(ProtocolError::InformationUnavailable);
  const Plmn& home = modem().settings().home;
  Reply reply;
  write_plmn(reply.tlvs, 0x01, home);
  reply.tlvs.add(0x12).u8(1).u8(static_cast<std::uint8_t>(home.mnc.size() == 3));
  return reply;
}

void Nas::changed(const Change& change) {
  if (std::holds_alternative<change::Network>(change)) network_changed();
  if (const auto* reject = std::get_if<change::Rejected>(&change)) rejected(reject->cause);
  // Measurements also come and go with the network being heard.
  if (std::holds_alternative<change::Network>(change) ||
      std::holds_alternative<change::Signal>(change)) {
    for (auto& [id, client] : clients_) {
      report_signal(id, client);
      report_event(id, client);
    }
  }
}

void Nas::network_changed() {
  for (auto& [id, client] : clients_) {
    TlvList serving = serving_system(modem());
    const Bytes serving_bytes = bytes_of(serving);
    if (client.wants_serving_system && client.last_serving_system != serving_bytes) {
      indicate(id, kServingSystem, std::move(serving));
    }
    client.last_serving_system = serving_bytes;
    TlvList system = system_info(modem());
    const Bytes system_bytes = bytes_of(system);
    if (client.wants_system_info && client.last_system_info != system_bytes) {
      indicate(id, kSystemInfoIndication, std::move(system));
    }
    client.last_system_info = system_bytes;
  }
}

void Nas::rejected(std::uint16_t cause) {
  for (auto& [id, client] : clients_) {
    if (client.wants_rejects) {
      TlvList tlvs;
      const Plmn& plmn = modem().plmn();
      tlvs.add(0x01).u8(radio_interface(modem().radio().serving));
      tlvs.add(0x02).u8(kDomainPs);
      tlvs.add(0x03).u8(static_cast<std::uint8_t>(cause));
      tlvs.add(0x10)
          .u16(digits(plmn.mcc))
          .u16(digits(plmn.mnc))
          .u8(static_cast<std::uint8_t>(plmn.mnc.size() == 3));
      indicate(id, kRejectIndication, std::move(tlvs));
    }
    if (client.wants_reject_reason) {
      TlvList tlvs;
      tlvs.add(0x12).u8(kDomainPs).u16(cause);
      indicate(id, kNasEventReport, std::move(tlvs));
    }
  }
}

}  // namespace mwan::sim::qmi
