// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/uim.hpp"

#include <array>
#include <utility>

#include "tools/mwan-sim/qmi/pin.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint32_t kEventCardStatus = 1U << 0;
constexpr std::uint32_t kEventSlotStatus = 1U << 4;
constexpr std::uint16_t kNoApplication = 0xFFFF;
constexpr std::uint8_t kPin1 = 1;  // QmiUimPinId

// The USIM application of 3GPP TS 31.102: RID A000000087, PIX 1002.
constexpr std::array<std::uint8_t, 7> kUsim = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};

// QmiUimCardApplicationState
std::uint8_t application_state(const Modem& modem) {
  const Subscriber& sim = modem.sim();
  if (!sim.initialised()) return 1;  // detected
  if (modem.faults().on(Fault::SimIllegal)) return 6;
  switch (sim.pin_state()) {
    case Subscriber::PinState::NotVerified:
      return 2;  // PIN required
    case Subscriber::PinState::Blocked:
      return 3;  // PUK required
    case Subscriber::PinState::PermanentlyBlocked:
      return 5;
    case Subscriber::PinState::Disabled:
    case Subscriber::PinState::Verified:
      break;
  }
  return 7;  // ready
}

// Digits in swapped semi-octets, as on the card; an odd one out is followed by F.
Bytes semi_octets(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int low = text[i] - '0';
    const int high = i + 1 < text.size() ? text[i + 1] - '0' : 0xF;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

// EF_IMSI (3GPP TS 31.102 section 4.2.2): length, then parity and first digit, then the rest.
Bytes imsi_file(const std::string& imsi) {
  const bool odd = imsi.size() % 2 == 1;
  Bytes digits = semi_octets((odd ? "9" : "1") + imsi);
  Bytes file = {static_cast<std::uint8_t>(digits.size())};
  file.insert(file.end(), digits.begin(), digits.end());
  return file;
}

std::string counted_text(ByteReader& reader) {
  const auto bytes = reader.bytes(reader.u8());
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Uim::Uim(ServiceHost& host) : Service(host, ServiceId::Uim, 1, 46) {
  answer_supported_messages();
  answer(0x0000, [this](const Request& request) {
    clients_.reset(request.route.client);
    return Reply{};
  });
  answer(0x0020, [this](const Request& request) { return read_transparent(request); });
  answer(0x0026, [this](const Request& request) { return verify_pin(request); });
  answer(0x0027, [this](const Request& request) { return unblock_pin(request); });
  answer(0x002E, [this](const Request& request) { return register_events(request); });
  answer(0x002F, [this](const Request&) {
    Reply reply;
    reply.tlvs.add(0x10).bytes(card_status());
    return reply;
  });
  answer(0x0047, [this](const Request&) {
    Reply reply;
    write_slots(reply.tlvs);
    return reply;
  });
}

Reply Uim::register_events(const Request& request) {
  Arguments arguments(request.tlvs);
  const std::uint32_t wanted = arguments.need_u32(0x01);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.events = wanted & (kEventCardStatus | kEventSlotStatus);
  client.last_status = card_status();
  Reply reply;
  reply.tlvs.add(0x10).u32(client.events);
  return reply;
}

Reply Uim::verify_pin(const Request& request) {
  Arguments arguments(request.tlvs);
  std::uint8_t id = 0;
  std::string pin;
  arguments.need_structure(0x02, [&](ByteReader& reader) {
    id = reader.u8();
    pin = counted_text(reader);
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!arguments.has(0x01)) return failure(ProtocolError::MissingArgument);
  if (id != kPin1) return failure(ProtocolError::InvalidPinId);
  Reply reply = failure(pin_error(modem().verify_pin(pin)));
  if (reply.error == ProtocolError::IncorrectPin) write_tries(reply.tlvs, modem().sim());
  return reply;
}

Reply Uim::unblock_pin(const Request& request) {
  Arguments arguments(request.tlvs);
  std::uint8_t id = 0;
  std::string puk;
  std::string pin;
  arguments.need_structure(0x02, [&](ByteReader& reader) {
    id = reader.u8();
    puk = counted_text(reader);
    pin = counted_text(reader);
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!arguments.has(0x01)) return failure(ProtocolError::MissingArgument);
  if (id != kPin1) return failure(ProtocolError::InvalidPinId);
  Reply reply = failure(pin_error(modem().unblock_pin(puk, pin)));
  if (reply.error == ProtocolError::IncorrectPin) write_tries(reply.tlvs, modem().sim());
  return reply;
}

Reply Uim::read_transparent(const Request& request) {
  constexpr std::uint16_t kIccidFile = 0x2FE2;
  constexpr std::uint16_t kImsiFile = 0x6F07;
  Arguments arguments(request.tlvs);
  std::uint16_t file_id = 0;
  std::uint16_t offset = 0;
  std::uint16_t length = 0;
  arguments.need_structure(0x02, [&](ByteReader& reader) { file_id = reader.u16(); });
  arguments.need_structure(0x03, [&](ByteReader& reader) {
    offset = reader.u16();
    length = reader.u16();
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!modem().sim().initialised()) return failure(ProtocolError::UimUninitialized);
  if (file_id == kImsiFile && !modem().sim().ready()) return failure(ProtocolError::PinBlocked);
  if (file_id != kIccidFile && file_id != kImsiFile) {
    return failure(ProtocolError::SimFileNotFound);
  }
  const Bytes file = file_id == kIccidFile ? semi_octets(modem().settings().iccid)
                                           : imsi_file(modem().settings().imsi);
  if (offset > file.size()) return failure(ProtocolError::InvalidArgument);
  auto content = std::span(file).subspan(offset);
  if (length != 0 && length < content.size()) content = content.first(length);
  Reply reply;
  reply.tlvs.add(0x10).u8(0x90).u8(0x00);  // SW1 SW2: normal ending
  reply.tlvs.add(0x11).u16(static_cast<std::uint16_t>(content.size())).bytes(content);
  return reply;
}

Bytes Uim::card_status() const {
  constexpr std::uint8_t kAbsent = 0;
  constexpr std::uint8_t kPresent = 1;
  constexpr std::uint8_t kTypeUsim = 2;
  constexpr std::uint8_t kPersonalisationReady = 2;
  constexpr std::uint8_t kFeatureUnknown = 11;
  constexpr std::uint8_t kPin2NotVerified = 1;
  const Subscriber& sim = modem().sim();
  Bytes value;
  ByteWriter out(value);
  out.u16(sim.present() ? 0 : kNoApplication);  // primary GW: slot 0, application 0
  out.u16(kNoApplication).u16(kNoApplication).u16(kNoApplication).u8(1);
  out.u8(sim.present() ? kPresent : kAbsent).u8(0).u8(0).u8(0).u8(0);
  if (!sim.present()) {
    out.u8(0);
    return value;
  }
  out.u8(1).u8(kTypeUsim).u8(application_state(modem()));
  out.u8(kPersonalisationReady).u8(kFeatureUnknown).u8(0).u8(0);
  out.u8(static_cast<std::uint8_t>(kUsim.size())).bytes(kUsim).u8(0);
  out.u8(pin_state_number(sim)).u8(sim.pin_tries()).u8(sim.puk_tries());
  out.u8(kPin2NotVerified).u8(3).u8(10);
  return value;
}

void Uim::write_slots(TlvList& tlvs) const {
  constexpr std::uint32_t kCardAbsent = 1;
  constexpr std::uint32_t kCardPresent = 2;
  constexpr std::uint32_t kActive = 1;
  constexpr std::uint32_t kUicc = 2;
  const Subscriber& sim = modem().sim();
  const Bytes iccid = sim.initialised() ? semi_octets(modem().settings().iccid) : Bytes{};
  tlvs.add(0x10)
      .u8(1)
      .u32(sim.present() ? kCardPresent : kCardAbsent)
      .u32(kActive)
      .u8(1)
      .u8(static_cast<std::uint8_t>(iccid.size()))
      .bytes(iccid);
  tlvs.add(0x11).u8(1).u32(kUicc).u8(static_cast<std::uint8_t>(sim.present())).u8(0).u8(0);
}

void Uim::changed(const Change& change) {
  if (!std::holds_alternative<change::Sim>(change)) return;
  const Bytes status = card_status();
  for (auto& [id, client] : clients_) {
    if ((client.events & kEventCardStatus) != 0 && client.last_status != status) {
      TlvList tlvs;
      tlvs.add(0x10).bytes(status);
      indicate(id, 0x0032, std::move(tlvs));
    }
    if ((client.events & kEventSlotStatus) != 0 && client.last_status != status) {
      TlvList tlvs;
      write_slots(tlvs);
      indicate(id, 0x0048, std::move(tlvs));
    }
    client.last_status = status;
  }
}

}  // namespace mwan::sim::qmi
