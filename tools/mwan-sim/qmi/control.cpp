// SPDX-License-Identifier: LGPL-2.1-or-later
// The control service (CTL): client ids and versions. It has no client ids of its own.
#include <utility>

#include "tools/mwan-sim/qmi/stack.hpp"

namespace mwan::sim::qmi {

Reply Stack::control(const Route& route, const TlvList& tlvs) {
  constexpr std::uint16_t kSetInstanceId = 0x0020;
  constexpr std::uint16_t kGetVersionInfo = 0x0021;
  constexpr std::uint16_t kAllocate = 0x0022;
  constexpr std::uint16_t kRelease = 0x0023;
  constexpr std::uint16_t kSync = 0x0027;
  switch (route.message) {
    case kSetInstanceId: {
      Arguments arguments(tlvs);
      const std::uint8_t instance = arguments.need_u8(0x01);
      if (auto bad = problem(arguments)) return std::move(*bad);
      Reply reply;
      reply.tlvs.add(0x01).u16(static_cast<std::uint16_t>(instance << 8));  // link id
      return reply;
    }
    case kGetVersionInfo:
      return version_info();
    case kAllocate:
      return allocate(route, tlvs);
    case kRelease:
      return release(tlvs);
    case kSync:
      wipe();
      return {};
    default:
      return failure(ProtocolError::InvalidQmiCommand);
  }
}

Reply Stack::version_info() const {
  Reply reply;
  auto list = reply.tlvs.add(0x01);
  list.u8(static_cast<std::uint8_t>(services_.size() + 1));
  list.u8(static_cast<std::uint8_t>(ServiceId::Ctl)).u16(1).u16(5);
  for (const auto& [id, service] : services_) {
    list.u8(static_cast<std::uint8_t>(id)).u16(service->major()).u16(service->minor());
  }
  return reply;
}

Reply Stack::allocate(const Route& route, const TlvList& tlvs) {
  Arguments arguments(tlvs);
  const auto service = static_cast<ServiceId>(arguments.need_u8(0x01));
  if (auto bad = problem(arguments)) return std::move(*bad);
  const auto entry = services_.find(service);
  if (entry == services_.end()) return failure(ProtocolError::InvalidServiceType);
  const auto limit = modem_.faults().client_limit();
  if (service == ServiceId::Nas && limit && clients_.open(service) >= *limit) {
    return failure(ProtocolError::ClientIdsExhausted);
  }
  const auto client = clients_.allocate(route.connection, service);
  if (!client) return failure(ProtocolError::ClientIdsExhausted);
  entry->second->client_added(*client);
  outputs_.books_changed();
  Reply reply;
  reply.tlvs.add(0x01).u8(static_cast<std::uint8_t>(service)).u8(*client);
  return reply;
}

Reply Stack::release(const TlvList& tlvs) {
  Arguments arguments(tlvs);
  ServiceId service{};
  ClientId client = 0;
  arguments.need_structure(0x01, [&](ByteReader& reader) {
    service = static_cast<ServiceId>(reader.u8());
    client = reader.u8();
  });
  if (auto bad = problem(arguments)) return std::move(*bad);
  if (!clients_.release(service, client)) return failure(ProtocolError::InvalidClientId);
  services_.at(service)->client_removed(client);
  outputs_.books_changed();
  Reply reply;
  reply.tlvs.add(0x01).u8(static_cast<std::uint8_t>(service)).u8(client);
  return reply;
}

}  // namespace mwan::sim::qmi
