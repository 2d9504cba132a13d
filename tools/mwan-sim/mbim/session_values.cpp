// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/session_values.hpp"

#include "tools/mwan-sim/mbim/info.hpp"

namespace mwan::sim::mbim {
namespace {

// MbimIPConfigurationAvailableFlag
std::uint32_t available(const BearerState* bearer) {
  constexpr std::uint32_t kAddress = 1U << 0;
  constexpr std::uint32_t kGateway = 1U << 1;
  constexpr std::uint32_t kDns = 1U << 2;
  constexpr std::uint32_t kMtu = 1U << 3;
  if (bearer == nullptr) return 0;
  return kAddress | kGateway | kMtu | (bearer->plan.dns.empty() ? 0 : kDns);
}

Bytes address_of(const BearerState* bearer) {
  Bytes element;
  if (bearer == nullptr) return element;
  const IpPrefix& address = bearer->plan.address;
  ByteWriter(element).u32(address.length).bytes(address.address.bytes());
  return element;
}

Bytes gateway_of(const BearerState* bearer) {
  if (bearer == nullptr) return {};
  const auto bytes = bearer->plan.gateway.bytes();
  return {bytes.begin(), bytes.end()};
}

void put_dns(InfoWriter& writer, const BearerState* bearer) {
  constexpr std::size_t kMost = 2;
  Bytes all;
  std::size_t count = 0;
  if (bearer != nullptr) {
    for (const IpAddress& server : bearer->plan.dns) {
      if (count == kMost) break;
      ByteWriter(all).bytes(server.bytes());
      ++count;
    }
  }
  writer.elements(count, all);
}

}  // namespace

std::optional<ConnectRequest> read_connect(const Bytes& info, Version version) {
  InfoReader reader(info);
  ConnectRequest request;
  request.session = reader.u32();
  const std::uint32_t command = reader.u32();  // MbimActivationCommand
  request.activate = command == 1;
  if (version >= kVersion3) {
    reader.u32();  // compression
    reader.u32();  // authentication
    request.ip_type = reader.u32();
    request.context = reader.uuid();
    reader.u32();  // media preference
    request.apn = reader.tlv_text();
  } else {
    request.apn = reader.text();
    reader.text();  // user name
    reader.text();  // password
    reader.u32();
    reader.u32();
    request.ip_type = reader.u32();
    request.context = reader.uuid();
  }
  if (!reader.ok() || command > 1) return std::nullopt;
  return request;
}

Bytes write_connect(const ConnectState& state, Version version) {
  constexpr std::uint32_t kActivated = 1;  // MbimActivationState
  constexpr std::uint32_t kActivating = 2;
  constexpr std::uint32_t kDeactivated = 3;
  constexpr std::uint32_t k3gpp = 1;  // MbimAccessMediaType
  const bool up = state.ipv4 || state.ipv6;
  const std::uint32_t ip_type = state.ipv4 && state.ipv6 ? kIpv4v6
                                : state.ipv4             ? kIpv4
                                : state.ipv6             ? kIpv6
                                                         : kIpDefault;
  InfoWriter writer;
  writer.u32(state.session);
  writer.u32(state.activating ? kActivating : up ? kActivated : kDeactivated);
  writer.u32(0);  // no voice call
  writer.u32(state.activating ? kIpDefault : ip_type);
  writer.uuid(state.context).u32(state.nw_error);
  if (version >= kVersion3) writer.u32(k3gpp).tlv_text(up ? state.apn : "");
  return writer.done();
}

Bytes write_ip_configuration(std::uint32_t session, const BearerState* ipv4,
                             const BearerState* ipv6, std::uint32_t mtu) {
  InfoWriter writer;
  writer.u32(session).u32(available(ipv4)).u32(available(ipv6));
  writer.elements(ipv4 != nullptr ? 1 : 0, address_of(ipv4));
  writer.elements(ipv6 != nullptr ? 1 : 0, address_of(ipv6));
  writer.reference(gateway_of(ipv4)).reference(gateway_of(ipv6));
  put_dns(writer, ipv4);
  put_dns(writer, ipv6);
  writer.u32(ipv4 != nullptr ? mtu : 0).u32(ipv6 != nullptr ? mtu : 0);
  return writer.done();
}

std::uint32_t network_error(const SessionEnd& end) {
  constexpr std::uint32_t kImplicitlyDetached = 10;  // MbimNwError
  switch (end.cause) {
    case EndCause::Network:
      return end.sm_cause;
    case EndCause::Detached:
      return kImplicitlyDetached;
    default:
      return 0;
  }
}

Status status_of(const SessionEnd& end) {
  switch (end.cause) {
    case EndCause::RadioOff:
      return Status::RadioPowerOff;
    case EndCause::NoService:
      return Status::NotRegistered;
    case EndCause::Detached:
      return Status::PacketServiceDetached;
    case EndCause::HostRequest:
    case EndCause::Network:
      break;
  }
  return Status::Failure;
}

}  // namespace mwan::sim::mbim
