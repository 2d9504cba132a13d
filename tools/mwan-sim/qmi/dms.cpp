// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/dms.hpp"

#include <utility>

namespace mwan::sim::qmi {
namespace {

// QmiDmsOperatingMode
constexpr std::uint8_t kOnline = 0;
constexpr std::uint8_t kLowPower = 1;
constexpr std::uint8_t kFactoryTest = 2;
constexpr std::uint8_t kOffline = 3;
constexpr std::uint8_t kReset = 4;
constexpr std::uint8_t kShuttingDown = 5;
constexpr std::uint8_t kPersistentLowPower = 6;
constexpr std::uint16_t kDmsEventReport = 0x0001;

std::uint8_t mode_number(OperatingMode mode) {
  switch (mode) {
    case OperatingMode::Online:
      return kOnline;
    case OperatingMode::LowPower:
      return kLowPower;
    case OperatingMode::Offline:
      return kOffline;
    case OperatingMode::FactoryTest:
      return kFactoryTest;
  }
  return kOnline;
}

}  // namespace

Dms::Dms(ServiceHost& host) : Service(host, ServiceId::Dms, 1, 14) {
  answer_supported_messages();
  answer(0x0000, [this](const Request& request) {
    clients_.reset(request.route.client);
    return Reply{};
  });
  answer(kDmsEventReport, [this](const Request& request) { return set_event_report(request); });
  answer(0x0020, [this](const Request&) { return capabilities(); });
  answer_text(0x0021, modem().settings().manufacturer);
  answer_text(0x0022, modem().settings().model);
  answer_text(0x0023, modem().settings().revision);
  answer_text(0x0024, modem().settings().msisdn);
  answer(0x0025, [this](const Request&) { return ids(); });
  answer_text(0x002C, modem().settings().hardware_revision);
  answer(0x002D, [this](const Request&) { return operating_mode(); });
  answer(0x002E, [this](const Request& request) { return set_operating_mode(request); });
  answer(0x555F, [this](const Request&) {
    modem().faults().fcc_unlock();
    return Reply{};
  });
  answer_sim_messages();
}

void Dms::answer_text(std::uint16_t message, const std::string& text) {
  answer(message, [text](const Request&) {
    Reply reply;
    reply.tlvs.add(0x01).text(text);
    return reply;
  });
}

Reply Dms::set_event_report(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto pin = arguments.flag(0x12);
  const auto mode = arguments.flag(0x14);
  const auto uim_state = arguments.flag(0x15);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.wants_pin = pin.value_or(client.wants_pin);
  client.wants_mode = mode.value_or(client.wants_mode);
  client.wants_uim_state = uim_state.value_or(client.wants_uim_state);
  return {};
}

Reply Dms::capabilities() const {
  constexpr std::uint8_t kSimultaneous = 3;  // CS and PS; QmiDmsDataServiceCapability
  constexpr std::uint8_t kSimSupported = 2;
  Reply reply;
  // GSM, UMTS, LTE, 5G NR as QmiDmsRadioInterface numbers them
  reply.tlvs.add(0x01)
      .u32(150000000)
      .u32(600000000)
      .u8(kSimultaneous)
      .u8(kSimSupported)
      .u8(4)
      .u8(4)
      .u8(5)
      .u8(8)
      .u8(10);
  return reply;
}

Reply Dms::ids() const {
  Reply reply;
  reply.tlvs.add(0x10).text("0");
  reply.tlvs.add(0x11).text(modem().settings().imei);
  reply.tlvs.add(0x13).text(modem().settings().imei_sv);
  return reply;
}

Reply Dms::operating_mode() const {
  Reply reply;
  reply.tlvs.add(0x01).u8(mode_number(modem().mode()));
  reply.tlvs.add(0x11).u8(0);  // not restricted by hardware
  return reply;
}

std::optional<Reply> Dms::set_operating_mode(const Request& request) {
  Arguments arguments(request.tlvs);
  const std::uint8_t wanted = arguments.need_u8(0x01);
  if (auto bad = problem(arguments)) return bad;
  switch (wanted) {
    case kOnline:
      // A modem that went offline starts again only through a reset.
      if (modem().mode() == OperatingMode::Offline)
        return failure(ProtocolError::InvalidTransition);
      if (modem().faults().fcc_locked()) return failure(ProtocolError::InvalidTransition);
      modem().set_mode(OperatingMode::Online);
      return Reply{};
    case kLowPower:
    case kPersistentLowPower:
      if (modem().mode() == OperatingMode::Offline)
        return failure(ProtocolError::InvalidTransition);
      modem().set_mode(OperatingMode::LowPower);
      return Reply{};
    case kFactoryTest:
      modem().set_mode(OperatingMode::FactoryTest);
      return Reply{};
    case kOffline:
      modem().set_mode(OperatingMode::Offline);
      return Reply{};
    case kReset:
    case kShuttingDown:
      host().respond(request.route, {});
      host().restart(wanted == kReset);
      return std::nullopt;
    default:
      return failure(ProtocolError::InvalidArgument);
  }
}

void Dms::changed(const Change& change) {
  const bool mode = std::holds_alternative<change::Mode>(change);
  const bool sim = std::holds_alternative<change::Sim>(change);
  if (!mode && !sim) return;
  for (auto& [id, client] : clients_) {
    TlvList tlvs;
    if (mode && client.wants_mode) tlvs.add(0x14).u8(mode_number(modem().mode()));
    if (sim && client.wants_pin) write_pin_status(tlvs);
    if (sim && client.wants_uim_state) tlvs.add(0x15).u8(uim_state());
    if (!tlvs.empty()) indicate(id, kDmsEventReport, std::move(tlvs));
  }
}

}  // namespace mwan::sim::qmi
