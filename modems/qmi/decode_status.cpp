// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_status.hpp"

namespace mwan::qmi {
namespace {

Result<CallEnd> read_call_end(const char* what, TlvView message) {
  CallEnd out;
  if (const auto value = message.find(0x10)) {
    Reader r(*value);
    out.reason = r.u16();
    if (!r.ok()) return malformed(what, 0x10, *value);
  }
  if (const auto value = message.find(0x11)) {
    Reader r(*value);
    out.verbose_type = r.u16();
    out.verbose_reason = r.i16();
    if (!r.ok()) return malformed(what, 0x11, *value);
  }
  return out;
}

Connection connection_of(std::uint8_t value) {
  switch (value) {
    case 1:
      return Connection::Disconnected;
    case 2:
      return Connection::Connected;
    case 3:
      return Connection::Suspended;
    case 4:
      return Connection::Authenticating;
    default:
      return Connection::Unknown;
  }
}

}  // namespace

Result<std::uint16_t> decode_result(TlvView message) {
  const auto value = message.find(0x02);
  if (!value) return missing("response", 0x02);
  Reader r(*value);
  const std::uint16_t status = r.u16();
  const std::uint16_t error = r.u16();
  if (!r.ok()) return malformed("response", 0x02, *value);
  if (status == 0) return std::uint16_t{0};
  return error == 0 ? std::uint16_t{47} : error;  // failed without a reason: UnknownError
}

Result<StartedNetwork> decode_start_network(TlvView message) {
  StartedNetwork out;
  if (const auto value = message.find(0x01)) {
    Reader r(*value);
    out.handle = r.u32();
    if (!r.ok()) return malformed("start-network", 0x01, *value);
  }
  const auto end = read_call_end("start-network", message);
  if (!end) return failed(end.error());
  out.end = *end;
  return out;
}

Result<PacketServiceStatus> decode_packet_service_status(TlvView message) {
  PacketServiceStatus out;
  const auto main = message.find(0x01);
  if (!main) return missing("packet-service-status", 0x01);
  Reader r(*main);
  out.connection = connection_of(r.u8());
  if (!r.ok()) return malformed("packet-service-status", 0x01, *main);
  if (r.remaining() > 0) out.reconfigure = r.u8() != 0;
  const auto end = read_call_end("packet-service-status", message);
  if (!end) return failed(end.error());
  out.end = *end;
  if (const auto value = message.find(0x12)) {
    Reader family(*value);
    switch (family.u8()) {  // QmiWdsIpFamily
      case 4:
        out.family = IpFamily::V4;
        break;
      case 6:
        out.family = IpFamily::V6;
        break;
      default:
        break;
    }
  }
  return out;
}

bool decode_call_terminated(TlvView message) {
  const auto value = message.find(0x1f);
  return value && !value->empty() && value->front() == 2;  // QmiWdsDataCallStatus: terminated
}

Result<PacketService> decode_system_status(TlvView message) {
  PacketService out{.state = PacketServiceState::Detached, .rat = Rat::Unknown};
  const auto list = message.find(0x10);
  if (!list) return out;  // no data system at all
  Reader r(*list);
  const std::uint8_t count = r.u8();
  // The first entry is the preferred one.
  for (unsigned i = 0; i < count && r.ok(); ++i) {
    const std::uint32_t network = r.u32();   // QmiDsdDataSystemNetworkType: 0 is 3GPP
    const std::uint32_t rat = r.u32();       // QmiDsdRadioAccessTechnology
    const std::uint64_t services = r.u64();  // QmiDsdSoMask
    if (!r.ok()) break;
    constexpr std::uint64_t kLteLimited = 0x800;
    constexpr std::uint64_t kNonStandalone = std::uint64_t{1} << 43U;
    const bool limited = services == kLteLimited;
    if (network != 0 || rat == 0 || limited || out.state == PacketServiceState::Attached) continue;
    out.state = PacketServiceState::Attached;
    switch (rat) {
      case 1:
      case 4:
        out.rat = Rat::Umts;
        break;
      case 2:
        out.rat = Rat::Gsm;
        break;
      case 3:
        out.rat = Rat::Lte;
        break;
      case 6:
        out.rat = (services & kNonStandalone) != 0 ? Rat::NrNsa : Rat::NrSa;
        break;
      default:
        break;
    }
  }
  if (!r.ok()) return malformed("system-status", 0x10, *list);
  return out;
}

Result<OperatingMode> decode_operating_mode(TlvView message) {
  OperatingMode out;
  const auto main = message.find(0x01);
  if (!main) return missing("operating-mode", 0x01);
  Reader r(*main);
  out.mode = r.u8();
  if (!r.ok()) return malformed("operating-mode", 0x01, *main);
  const auto restricted = message.find(0x11);
  out.hardware_restricted = restricted && !restricted->empty() && restricted->front() != 0;
  return out;
}

Result<DataFormat> decode_data_format(TlvView message) {
  DataFormat out;
  if (const auto value = message.find(0x11)) {
    Reader r(*value);
    if (r.u32() == 2) out.layer = LinkLayer::RawIp;  // QmiWdaLinkLayerProtocol
    if (!r.ok()) return malformed("data-format", 0x11, *value);
  }
  for (const std::uint8_t type : {std::uint8_t{0x12}, std::uint8_t{0x13}}) {  // up, down
    const auto value = message.find(type);
    if (!value) continue;
    Reader r(*value);
    if (r.u32() != 0) out.aggregated = true;  // QmiWdaDataAggregationProtocol
    if (!r.ok()) return malformed("data-format", type, *value);
  }
  return out;
}

Result<bool> decode_autoconnect(TlvView message) {
  const auto value = message.find(0x01);
  if (!value) return missing("autoconnect-settings", 0x01);
  Reader r(*value);
  const bool enabled = r.u8() == 1;  // QmiWdsAutoconnectSetting
  if (!r.ok()) return malformed("autoconnect-settings", 0x01, *value);
  return enabled;
}

std::optional<std::uint8_t> decode_mode_report(TlvView message) {
  const auto value = message.find(0x14);
  if (!value || value->empty()) return std::nullopt;
  return value->front();
}

Result<TrafficCounters> decode_packet_statistics(TlvView message) {
  TrafficCounters out;
  const auto read = [&](std::uint8_t type, std::size_t size, std::uint64_t& into) -> Status {
    const auto value = message.find(type);
    if (!value) return {};
    Reader r(*value);
    const std::uint64_t count = size == 8 ? r.u64() : r.u32();
    if (!r.ok()) return malformed("packet-statistics", type, *value);
    // All ones: not known.
    if (size == 8 || count != 0xffffffffU) into = count;
    return {};
  };
  for (const Status& done : {read(0x10, 4, out.tx_packets), read(0x11, 4, out.rx_packets),
                             read(0x19, 8, out.tx_bytes), read(0x1a, 8, out.rx_bytes)}) {
    if (!done) return failed(done.error());
  }
  return out;
}

}  // namespace mwan::qmi
