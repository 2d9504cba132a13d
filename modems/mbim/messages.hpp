// SPDX-License-Identifier: LGPL-2.1-or-later
// The MBIM services and commands this driver speaks. Numbers as in libmbim-glib's MbimService and
// MbimCid* enumerations, identifiers as mbim_uuid_from_service() has them.
#pragma once

#include <cstdint>
#include <optional>

#include "modems/mbim/buffer.hpp"

namespace mwan::mbim {

enum class Service {
  BasicConnect,
  Extensions,     // Microsoft's basic connect extensions
  Atds,           // AT&T's device service: signal with RSRQ
  Qmi,            // QMI messages inside of MBIM
  IntelFirmware,  // Intel's firmware update: reboot
  Quectel,        // radio with FCC lock
};

std::optional<Service> service_of(const Uuid& uuid);  // of those above
const Uuid& uuid_of(Service service);

// MBIM_CONTEXT_TYPE_INTERNET
inline constexpr Uuid kInternet = {0x7e, 0x5e, 0x2a, 0x7e, 0x4e, 0x6f, 0x72, 0x72,
                                   0x73, 0x6b, 0x65, 0x6e, 0x7e, 0x5e, 0x2a, 0x7e};

// Microsoft's extension of MBIM that the modem and all of its users agreed on. It changes layouts.
enum class Mbimex { None, V2, V3 };

namespace cid {
inline constexpr std::uint32_t kDeviceCaps = 1;
inline constexpr std::uint32_t kSubscriberReady = 2;
inline constexpr std::uint32_t kRadioState = 3;
inline constexpr std::uint32_t kPin = 4;
inline constexpr std::uint32_t kHomeProvider = 6;
inline constexpr std::uint32_t kRegisterState = 9;
inline constexpr std::uint32_t kPacketService = 10;
inline constexpr std::uint32_t kSignalState = 11;
inline constexpr std::uint32_t kConnect = 12;
inline constexpr std::uint32_t kIpConfiguration = 15;
inline constexpr std::uint32_t kDeviceServices = 16;
inline constexpr std::uint32_t kSubscribeList = 19;
inline constexpr std::uint32_t kPacketStatistics = 20;
// Extensions
inline constexpr std::uint32_t kSysCaps = 5;
inline constexpr std::uint32_t kSlotMappings = 7;
inline constexpr std::uint32_t kSlotInfo = 8;
inline constexpr std::uint32_t kDeviceReset = 10;
inline constexpr std::uint32_t kBaseStations = 11;
// The only one of its service
inline constexpr std::uint32_t kAtdsSignal = 1;
inline constexpr std::uint32_t kQmiMessage = 1;
inline constexpr std::uint32_t kIntelReboot = 1;
inline constexpr std::uint32_t kQuectelRadio = 1;
}  // namespace cid

// MbimContextIpType
enum class ContextIp : std::uint32_t { Default = 0, V4 = 1, V6 = 2, V4V6 = 3, V4AndV6 = 4 };

}  // namespace mwan::mbim
