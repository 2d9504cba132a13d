// SPDX-License-Identifier: LGPL-2.1-or-later
// Values of the WDS service in its numbers: families, end reasons, settings, statistics.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/signal.hpp"
#include "tools/mwan-sim/codec/tlv.hpp"
#include "tools/mwan-sim/modem/bearers.hpp"

namespace mwan::sim::qmi {

// QmiWdsConnectionStatus
constexpr std::uint8_t kDisconnected = 1;
constexpr std::uint8_t kConnected = 2;

// QmiWdsRequestedSettings
constexpr std::uint32_t kSettingPdpType = 1U << 2;
constexpr std::uint32_t kSettingApn = 1U << 3;
constexpr std::uint32_t kSettingDns = 1U << 4;
constexpr std::uint32_t kSettingAddress = 1U << 8;
constexpr std::uint32_t kSettingGateway = 1U << 9;
constexpr std::uint32_t kSettingMtu = 1U << 13;
constexpr std::uint32_t kSettingFamily = 1U << 15;
// P-CSCF addresses and names, operator reserved PCO: they come from protocol configuration options.
constexpr std::uint32_t kPcoSettings = 7U << 10 | 1U << 18;
constexpr std::uint32_t kAllSettings = 0xFFFFFFFF;
constexpr std::uint32_t kAddressSettings = kSettingDns | kSettingAddress | kSettingGateway;

// QmiWdsIpFamily; "unspecified" counts as IPv4, as modems treat it.
std::optional<IpFamily> family_of(std::uint8_t number);
std::uint8_t family_number(IpFamily family);

// QmiWdsDataBearerTechnology as the byte it is sent as.
std::uint8_t bearer_technology(Rat rat);

// Call end reason (TLV 0x10) and verbose call end reason (0x11).
void write_end(TlvList& tlvs, const SessionEnd& end);
void write_settings(TlvList& tlvs, const BearerState& bearer, IpFamily family, std::uint32_t mtu,
                    std::uint32_t mask);
void write_traffic(TlvList& tlvs, const Traffic& traffic, std::uint32_t mask);

}  // namespace mwan::sim::qmi
