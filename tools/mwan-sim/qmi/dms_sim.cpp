// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM as DMS speaks of it, kept by modems for old hosts and used as a fallback by new ones.
#include <utility>

#include "tools/mwan-sim/qmi/dms.hpp"
#include "tools/mwan-sim/qmi/pin.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint8_t kPin1 = 1;  // QmiDmsUimPinId

std::string counted_text(ByteReader& reader) {
  const auto bytes = reader.bytes(reader.u8());
  return {bytes.begin(), bytes.end()};
}

}  // namespace

void Dms::answer_sim_messages() {
  answer(0x0028, [this](const Request& request) { return verify_pin(request); });
  answer(0x0029, [this](const Request& request) { return unblock_pin(request); });
  answer(0x002B, [this](const Request&) {
    if (!modem().sim().present()) return failure(ProtocolError::UimUninitialized);
    Reply reply;
    write_pin_status(reply.tlvs);
    return reply;
  });
  answer(0x003C, [this](const Request&) {
    if (!modem().sim().initialised()) return failure(ProtocolError::UimUninitialized);
    Reply reply;
    reply.tlvs.add(0x01).text(modem().settings().iccid);
    return reply;
  });
  answer(0x0043, [this](const Request&) {
    if (!modem().sim().ready()) return failure(ProtocolError::UimUninitialized);
    Reply reply;
    reply.tlvs.add(0x01).text(modem().settings().imsi);
    return reply;
  });
  answer(0x0044, [this](const Request&) {
    Reply reply;
    reply.tlvs.add(0x01).u8(uim_state());
    return reply;
  });
}

Reply Dms::verify_pin(const Request& request) {
  Arguments arguments(request.tlvs);
  std::uint8_t id = 0;
  std::string pin;
  arguments.need_structure(0x01, [&](ByteReader& reader) {
    id = reader.u8();
    pin = counted_text(reader);
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (id != kPin1) return failure(ProtocolError::InvalidPinId);
  Reply reply = failure(pin_error(modem().verify_pin(pin)));
  if (reply.error == ProtocolError::IncorrectPin) write_tries(reply.tlvs, modem().sim());
  return reply;
}

Reply Dms::unblock_pin(const Request& request) {
  Arguments arguments(request.tlvs);
  std::uint8_t id = 0;
  std::string puk;
  std::string pin;
  arguments.need_structure(0x01, [&](ByteReader& reader) {
    id = reader.u8();
    puk = counted_text(reader);
    pin = counted_text(reader);
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (id != kPin1) return failure(ProtocolError::InvalidPinId);
  Reply reply = failure(pin_error(modem().unblock_pin(puk, pin)));
  if (reply.error == ProtocolError::IncorrectPin) write_tries(reply.tlvs, modem().sim());
  return reply;
}

std::uint8_t Dms::uim_state() const {
  constexpr std::uint8_t kReady = 0;
  constexpr std::uint8_t kLocked = 1;
  constexpr std::uint8_t kAbsent = 2;
  constexpr std::uint8_t kUnknown = 0xFF;
  const Subscriber& sim = modem().sim();
  if (!sim.present()) return kAbsent;
  if (!sim.initialised()) return kUnknown;
  return sim.ready() ? kReady : kLocked;
}

void Dms::write_pin_status(TlvList& tlvs) const {
  const Subscriber& sim = modem().sim();
  tlvs.add(0x11).u8(pin_state_number(sim)).u8(sim.pin_tries()).u8(sim.puk_tries());
}

}  // namespace mwan::sim::qmi
