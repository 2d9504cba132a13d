// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_connection.hpp"

#include <vector>

namespace mwan::mbim {
namespace {

// As for QMI: hosts need 576 (RFC 791), and IPv6 links 1280 (RFC 8200), whatever a modem says.
constexpr std::uint32_t kMinMtu = 576;
constexpr std::uint32_t kMaxMtu = 65535;

// MbimIPConfigurationAvailableFlag
constexpr std::uint32_t kHasAddress = 0x1;
constexpr std::uint32_t kHasDns = 0x4;
constexpr std::uint32_t kHasMtu = 0x8;

Activation activation(std::uint32_t state) {
  switch (state) {
    case 1:
      return Activation::Activated;
    case 2:
      return Activation::Activating;
    case 3:
      return Activation::Deactivated;
    case 4:
      return Activation::Deactivating;
    default:
      return Activation::Unknown;
  }
}

ContextIp context_ip(std::uint32_t type) {
  return type <= 4 ? static_cast<ContextIp>(type) : ContextIp::Default;
}

// One family's fields, as they lie scattered through the structure.
struct Family {
  std::uint32_t flags = 0;
  std::vector<ByteView> addresses;  // {prefix length, address}
  std::vector<ByteView> dns;
  std::uint32_t mtu = 0;

  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
};

// A host's own prefix: an IPv6 address that comes as /128 is of a whole /64 (3GPP TS 23.401 section
// 5.3.1.2.2), and no on-link prefix may cover everything.
std::uint8_t usable_length(std::uint32_t length, IpFamily family) {
  if (family == IpFamily::V6) {
    return length == 0 || length == 128 ? 64 : static_cast<std::uint8_t>(length);
  }
  return length == 0 ? 32 : static_cast<std::uint8_t>(length);
}

std::optional<IpFamilyConfig> config_of(const Family& from, IpFamily family, bool& ok) {
  if (!from.has(kHasAddress)) return std::nullopt;
  std::optional<IpFamilyConfig> out;
  for (const ByteView element : from.addresses) {
    Fields f(element);
    const std::uint32_t length = f.u32();
    const auto address = IpAddress::from_bytes(element.subspan(4));
    if (!address || length > (family == IpFamily::V4 ? 32U : 128U)) {
      ok = false;
      return std::nullopt;
    }
    if (address->is_unspecified() || address->is_link_local() || out) continue;
    out = IpFamilyConfig{.address = {*address, usable_length(length, family)}};
  }
  if (out && from.has(kHasDns)) {
    for (const ByteView server : from.dns) {
      const auto address = IpAddress::from_bytes(server);
      if (address && !address->is_unspecified()) out->dns.push_back(*address);
    }
  }
  return out;
}

std::optional<std::uint32_t> mtu_of(const Family& from) {
  if (!from.has(kHasMtu) || from.mtu < kMinMtu || from.mtu > kMaxMtu) return std::nullopt;
  return from.mtu;
}

}  // namespace

bool Connection::carries(IpFamily family) const {
  if (!active()) return false;
  return type != (family == IpFamily::V4 ? ContextIp::V6 : ContextIp::V4);
}

Result<Connection> decode_connect(ByteView buffer) {
  Fields f(buffer);
  Connection out;
  out.session = f.u32();
  out.state = activation(f.u32());
  f.skip(4);  // voice call state
  out.type = context_ip(f.u32());
  f.skip(16);  // context type
  out.nw_error = f.u32();
  if (!f.ok()) return malformed("connect", buffer);
  return out;
}

Explanation explain_nw_error(std::uint32_t nw_error) {
  if (nw_error == 0) return {FailureClass::Transient, "no reason given"};
  const auto number = static_cast<std::uint16_t>(nw_error);
  return explain_cause("3GPP", number, nw_error > 0xffff ? nullptr : find_esm_cause(number));
}

std::optional<IpConfig> IpSettings::of(IpFamily family) const {
  const bool is_v4 = family == IpFamily::V4;
  if (!(is_v4 ? v4 : v6)) return std::nullopt;
  IpConfig out;
  if (is_v4) {
    out.v4 = v4;
    out.mtu = v4_mtu;
  } else {
    out.v6 = v6;
    out.mtu = v6_mtu;
  }
  return out;
}

Result<IpSettings> decode_ip_configuration(ByteView buffer) {
  Fields f(buffer);
  IpSettings out;
  Family v4;
  Family v6;
  out.session = f.u32();
  v4.flags = f.u32();
  v6.flags = f.u32();
  const std::uint32_t v4_count = f.u32();
  v4.addresses = f.elements(v4_count, 4 + 4);
  const std::uint32_t v6_count = f.u32();
  v6.addresses = f.elements(v6_count, 4 + 16);
  f.skip_words(2);  // gateways: the link is point-to-point
  const std::uint32_t v4_dns = f.u32();
  v4.dns = f.elements(v4_dns, 4);
  const std::uint32_t v6_dns = f.u32();
  v6.dns = f.elements(v6_dns, 16);
  v4.mtu = f.u32();
  v6.mtu = f.u32();
  bool ok = f.ok();
  if (ok) {
    out.v4 = config_of(v4, IpFamily::V4, ok);
    out.v6 = config_of(v6, IpFamily::V6, ok);
  }
  if (!ok) return malformed("ip-configuration", buffer);
  out.v4_mtu = mtu_of(v4);
  out.v6_mtu = mtu_of(v6);
  return out;
}

Result<TrafficCounters> decode_packet_statistics(ByteView buffer) {
  Fields f(buffer);
  TrafficCounters out;
  f.skip_words(2);  // discards and errors
  out.rx_bytes = f.u64();
  out.rx_packets = f.u64();
  out.tx_bytes = f.u64();
  out.tx_packets = f.u64();
  if (!f.ok()) return malformed("packet-statistics", buffer);
  return out;
}

}  // namespace mwan::mbim
