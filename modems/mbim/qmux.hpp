// SPDX-License-Identifier: LGPL-2.1-or-later
// The few QMI messages that reach a modem through its MBIM port (service QMI): what MBIM itself has
// no command for. Frames as on the wire of QMI (QMUX), messages without elements but for a flag or
// two.
#pragma once

#include <cstdint>
#include <optional>

#include "modems/mbim/buffer.hpp"

namespace mwan::mbim::qmux {

inline constexpr std::uint8_t kDms = 0x02;

// A message of the DMS service, with the client id that was allocated for it.
struct DmsMessage {
  std::uint16_t message = 0;
  std::optional<std::uint8_t> element;  // of type 0x01, one byte
};
inline constexpr DmsMessage kFccAuthentication = {.message = 0x555f, .element = std::nullopt};
inline constexpr DmsMessage kFoxconnAuthentication = {.message = 0x5571, .element = 0};
// QmiDmsOperatingMode: 3 is offline, 4 reset; the modem wants them in this order.
inline constexpr DmsMessage kGoOffline = {.message = 0x002e, .element = 3};
inline constexpr DmsMessage kReset = {.message = 0x002e, .element = 4};

Bytes allocate_client();
Bytes release_client(std::uint8_t client);
Bytes dms(const DmsMessage& message, std::uint8_t client, std::uint16_t transaction);

// The QMI result of an answer: 0 is success, else the QMI protocol error.
Result<std::uint16_t> decode_result(ByteView frame);
Result<std::uint8_t> decode_allocated_client(ByteView frame);

}  // namespace mwan::mbim::qmux
