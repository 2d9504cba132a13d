// SPDX-License-Identifier: LGPL-2.1-or-later
// What the reasons of 3GPP networks mean, what to do about them, and whether trying again can help.
// Data only. QMI and MBIM pass on the same numbers.
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"

namespace mwan {

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
// cause may be null: then the number speaks alone.
Explanation explain_cause(const char* kind, std::uint16_t number, const Cause* cause);
// A refused registration: "EMM cause 11 (PLMN not allowed): ...".
Explanation explain_reject(std::uint16_t emm_cause);

}  // namespace mwan
