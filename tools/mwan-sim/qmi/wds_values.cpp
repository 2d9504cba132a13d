// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/qmi/wds_values.hpp"

namespace mwan::sim::qmi {
namespace {

constexpr std::uint8_t kFamily4 = 4;
constexpr std::uint8_t kFamily6 = 6;
constexpr std::uint8_t kFamilyUnspecified = 8;

// QmiWdsCallEndReason: the older, coarse numbers.
constexpr std::uint16_t kUnspecified = 1;
constexpr std::uint16_t kClientEnd = 2;
constexpr std::uint16_t kCallNoService = 3;

// QmiWdsVerboseCallEndReasonType
constexpr std::uint16_t kTypeInternal = 2;
constexpr std::uint16_t kTypeCallManager = 3;
constexpr std::uint16_t kType3gpp = 6;

struct Reason {
  std::uint16_t coarse;
  std::uint16_t type;
  std::uint16_t verbose;
};

// The coarse number of a session management cause (3GPP TS 24.008 section 10.5.6.6).
std::uint16_t coarse_of(std::uint16_t sm_cause) {
  switch (sm_cause) {
    case 8:
      return 1012;  // operator determined barring
    case 26:
      return 1005;  // insufficient resources
    case 27:
      return 1013;  // unknown APN
    case 28:
      return 1014;  // unknown PDP type
    case 30:
      return 1015;  // rejected by the gateway
    case 31:
      return 1016;  // rejected, unspecified
    case 32:
      return 1017;  // option not supported
    case 33:
      return 1018;  // option not subscribed
    case 34:
      return 1006;  // option temporarily out of order
    case 36:
      return 1008;  // regular deactivation
    case 38:
      return 1009;  // network failure
    case 39:
      return 1010;  // reactivation requested
    default:
      return kUnspecified;
  }
}

Reason reason_of(const SessionEnd& end) {
  switch (end.cause) {
    case EndCause::HostRequest:
      return {kClientEnd, kTypeInternal, 202};  // call ended
    case EndCause::RadioOff:
      return {kCallNoService, kTypeInternal, 219};  // low power mode or power down
    case EndCause::NoService:
      return {kCallNoService, kTypeCallManager, 1033};  // lower layer failure
    case EndCause::Detached:
      return {kCallNoService, kTypeCallManager, 1028};  // EMM detached
    case EndCause::Network:
      return {coarse_of(end.sm_cause), kType3gpp, end.sm_cause};
  }
  return {kUnspecified, kTypeInternal, 204};
}

// Address TLVs of IPv4 are numbers in little endian: 192.0.2.1 is sent as 01 02 00 C0.
std::uint32_t number_of(const IpAddress& address) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : address.bytes()) number = number << 8 | byte;
  return number;
}

std::uint32_t mask_of(std::uint8_t length) {
  return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
}

void write_v4(TlvList& tlvs, const AddressPlan& plan, std::uint32_t mask) {
  if ((mask & kSettingAddress) != 0) {
    tlvs.add(0x1E).u32(number_of(plan.address.address));
  }
  if ((mask & kSettingGateway) != 0) {
    tlvs.add(0x20).u32(number_of(plan.gateway));
    tlvs.add(0x21).u32(mask_of(plan.address.length));
  }
  if ((mask & kSettingDns) == 0) return;
  if (!plan.dns.empty()) tlvs.add(0x15).u32(number_of(plan.dns[0]));
  if (plan.dns.size() > 1) tlvs.add(0x16).u32(number_of(plan.dns[1]));
}

void write_v6(TlvList& tlvs, const AddressPlan& plan, std::uint32_t mask) {
  if ((mask & kSettingAddress) != 0) {
    tlvs.add(0x25).bytes(plan.address.address.bytes()).u8(plan.address.length);
  }
  if ((mask & kSettingGateway) != 0) {
    tlvs.add(0x26).bytes(plan.gateway.bytes()).u8(plan.address.length);
  }
  if ((mask & kSettingDns) == 0) return;
  if (!plan.dns.empty()) tlvs.add(0x27).bytes(plan.dns[0].bytes());
  if (plan.dns.size() > 1) tlvs.add(0x28).bytes(plan.dns[1].bytes());
}

}  // namespace

std::optional<IpFamily> family_of(std::uint8_t number) {
  if (number == kFamily4 || number == kFamilyUnspecified) return IpFamily::V4;
  if (number == kFamily6) return IpFamily::V6;
  return std::nullopt;
}

std::uint8_t family_number(IpFamily family) { return family == IpFamily::V4 ? kFamily4 : kFamily6; }

std::uint8_t bearer_technology(Rat rat) {
  switch (rat) {
    case Rat::Gsm:
      return 0x04;  // EDGE
    case Rat::Umts:
      return 0x05;  // HSDPA and WCDMA
    default:
      return 0x0A;  // LTE; the enumeration knows nothing newer
  }
}

void write_end(TlvList& tlvs, const SessionEnd& end) {
  const Reason reason = reason_of(end);
  tlvs.add(0x10).u16(reason.coarse);
  tlvs.add(0x11).u16(reason.type).u16(reason.verbose);
}

void write_settings(TlvList& tlvs, const BearerState& bearer, IpFamily family, std::uint32_t mtu,
                    std::uint32_t mask) {
  constexpr std::uint8_t kPdpIpv4 = 0;
  constexpr std::uint8_t kPdpIpv6 = 2;
  const bool v4 = family == IpFamily::V4;
  if ((mask & kSettingPdpType) != 0) tlvs.add(0x11).u8(v4 ? kPdpIpv4 : kPdpIpv6);
  if ((mask & kSettingApn) != 0) tlvs.add(0x14).text(bearer.apn);
  if (v4) {
    write_v4(tlvs, bearer.plan, mask);
  } else {
    write_v6(tlvs, bearer.plan, mask);
  }
  if ((mask & kSettingMtu) != 0) tlvs.add(0x29).u32(mtu);
  if ((mask & kSettingFamily) != 0) tlvs.add(0x2B).u8(family_number(family));
}

void write_traffic(TlvList& tlvs, const Traffic& traffic, std::uint32_t mask) {
  const auto packets = [&](unsigned bit, std::uint8_t type, std::uint64_t count) {
    if ((mask & (1U << bit)) != 0) tlvs.add(type).u32(static_cast<std::uint32_t>(count));
  };
  // Bits are QmiWdsPacketStatisticsMaskFlag.
  packets(0, 0x10, traffic.tx_packets);
  packets(1, 0x11, traffic.rx_packets);
  packets(2, 0x12, 0);
  packets(3, 0x13, 0);
  packets(4, 0x14, 0);
  packets(5, 0x15, 0);
  if ((mask & (1U << 6)) != 0) tlvs.add(0x19).u64(traffic.tx_bytes);
  if ((mask & (1U << 7)) != 0) tlvs.add(0x1A).u64(traffic.rx_bytes);
  packets(8, 0x1D, traffic.tx_dropped);
  packets(9, 0x1E, traffic.rx_dropped);
}

}  // namespace mwan::sim::qmi
