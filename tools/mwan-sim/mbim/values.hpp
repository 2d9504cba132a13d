// SPDX-License-Identifier: LGPL-2.1-or-later
// The modem's state in MBIM's numbers. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/mwan-sim/mbim/protocol.hpp"
#include "tools/mwan-sim/modem/modem.hpp"

namespace mwan::sim::mbim {

// Bits of MbimDataClass (MBIMEx 3.0: MbimDataClassV3). Before 2.0 there is no 5G: NSA is told as
// its LTE anchor, SA as a custom class.
std::uint32_t data_class(Rat rat, Version version);       // in use
std::uint32_t data_classes_of(Rat rat, Version version);  // available with it
std::uint32_t all_data_classes(Version version);
std::uint32_t data_subclass(Rat rat);      // MbimDataSubclass, MBIMEx 3.0
std::uint32_t frequency_range(Rat rat);    // MbimFrequencyRange
constexpr std::uint32_t kCellularGsm = 1;  // MbimCellularClass
constexpr std::uint32_t kMaxSessions = 8;

// 0 to 31 for -113 to -51 dBm in steps of 2 (3GPP TS 27.007 section 8.5), 99 unknown.
std::uint32_t coded_rssi(std::optional<double> dbm);
constexpr std::uint32_t kUnknownRssi = 99;
// MBIMEx 2.0: code n for [n-157, n-156) dBm, 0 below, 126 above the scale.
std::uint32_t coded_rsrp(std::optional<double> dbm);
// MBIMEx 2.0: code n for [(n-1)/2 - 23, n/2 - 23) dB, 0 below, 127 above the scale.
std::uint32_t coded_snr(std::optional<double> db);
constexpr std::uint32_t kUnknown = 0xFFFFFFFF;

// The technology that carries the packets; nothing while no cell is heard.
std::optional<SignalSample> anchor_signal(const Modem& modem);

std::uint32_t register_state(RegistrationState state);  // MbimRegisterState
std::string provider_id(const Plmn& plmn);
// Why a request that needs the SIM cannot be had; nothing when it can.
std::optional<Status> sim_obstacle(const Subscriber& sim);

}  // namespace mwan::sim::mbim
