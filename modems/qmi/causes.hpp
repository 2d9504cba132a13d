// SPDX-License-Identifier: LGPL-2.1-or-later
// What the reasons of networks and modems mean, what to do about them, and whether trying again can
// help. Data only.
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"
#include "modems/qmi/decode_status.hpp"

namespace mwan::qmi {

struct Cause {
  std::uint16_t number = 0;
  FailureClass failure = FailureClass::Transient;
  const char* meaning = "";
  const char* advice = "";  // empty where there is nothing a person could do
};

// Session management causes of 3GPP TS 24.301 section 9.9.4.4 (those of TS 24.008 section
// 10.5.6.6 where the numbers agree). Null for a number that is not in the table.
const Cause* find_esm_cause(std::uint16_t number);
// Registration causes of 3GPP TS 24.301 section 9.9.3.9.
const Cause* find_emm_cause(std::uint16_t number);

struct Explanation {
  FailureClass failure = FailureClass::Transient;
  std::string text;  // "3GPP cause 33 (requested service option not subscribed): check the APN"
};
// A refused or ended bearer.
Explanation explain(const CallEnd& end);
// A refused registration: "EMM cause 11 (PLMN not allowed): ...".
Explanation explain_reject(std::uint16_t emm_cause);

// The errors of the QMI protocol itself (libqmi-glib's QmiProtocolError).
namespace protocol {
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
