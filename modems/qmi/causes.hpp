// SPDX-License-Identifier: LGPL-2.1-or-later
// What the reasons and errors of QMI mean, what to do about them, and whether trying again can
// help. Data only; the causes of 3GPP are in modems/causes.hpp.
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"
#include "modems/causes.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan::qmi {

// A refused or ended bearer.
Explanation explain(const CallEnd& end);

// The errors of the QMI protocol itself (libqmi-glib's QmiProtocolError).
namespace protocol {
inline constexpr std::uint16_t kInvalidClientId = 7;
inline constexpr std::uint16_t kCallFailed = 14;
inline constexpr std::uint16_t kMissingArgument = 17;
inline constexpr std::uint16_t kNoEffect = 26;
inline constexpr std::uint16_t kOutOfCall = 15;
inline constexpr std::uint16_t kInvalidTransition = 60;
inline constexpr std::uint16_t kInvalidQmiCommand = 71;
inline constexpr std::uint16_t kNotSupported = 94;
}  // namespace protocol
// "CallFailed"; "error 1234" for one that is not in the table.
std::string protocol_error_name(std::uint16_t error);
FailureClass protocol_error_class(std::uint16_t error);

}  // namespace mwan::qmi
