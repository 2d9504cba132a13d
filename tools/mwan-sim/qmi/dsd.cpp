// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/dsd.hpp"

#include <utility>

namespace mwan::sim::qmi {
namespace {

constexpr std::uint32_t kNetwork3gpp = 0;  // QmiDsdDataSystemNetworkType

struct System {
  std::uint32_t rat;      // QmiDsdRadioAccessTechnology
  std::uint64_t so_mask;  // QmiDsdSoMask
};

System system_of(Rat rat) {
  constexpr std::uint64_t kOne = 1;
  switch (rat) {
    case Rat::Gsm:
      return {2, kOne << 8};  // GERAN, EDGE
    case Rat::Umts:
      return {1, kOne << 6};  // WCDMA, HSPA
    case Rat::Lte:
      return {3, kOne << 12};  // LTE, FDD
    case Rat::NrNsa:
      return {6, (kOne << 41) | (kOne << 43)};  // 5G, sub-6, NSA
    case Rat::NrSa:
      return {6, (kOne << 41) | (kOne << 44)};  // 5G, sub-6, SA
    case Rat::Unknown:
      break;
  }
  return {0, 0};
}

}  // namespace

Dsd::Dsd(ServiceHost& host) : Service(host, ServiceId::Dsd, 1, 11) {
  answer_supported_messages();
  answer(0x0024, [this](const Request&) {
    Reply reply;
    reply.tlvs.add(0x10).bytes(systems());
    return reply;
  });
  answer(0x0025, [this](const Request& request) { return register_change(request); });
}

Bytes Dsd::systems() const {
  Bytes value;
  ByteWriter writer(value);
  if (!modem().network().attached()) return writer.u8(0), value;
  const System system = system_of(modem().radio().serving);
  writer.u8(1).u32(kNetwork3gpp).u32(system.rat).u64(system.so_mask);
  return value;
}

Reply Dsd::register_change(const Request& request) {
  Arguments arguments(request.tlvs);
  const auto wanted = arguments.flag(0x11);
  if (auto bad = problem(arguments)) return std::move(*bad);
  Client& client = clients_[request.route.client];
  client.wants_status = wanted.value_or(true);
  client.last = systems();
  return {};
}

void Dsd::changed(const Change& change) {
  if (!std::holds_alternative<change::Network>(change)) return;
  const Bytes now = systems();
  for (auto& [id, client] : clients_) {
    if (!client.wants_status || std::exchange(client.last, now) == now) continue;
    TlvList tlvs;
    tlvs.add(0x10).bytes(now);
    indicate(id, 0x0026, std::move(tlvs));
  }
}

}  // namespace mwan::sim::qmi
