// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon says to a request: one JSON object each (docs/control.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace mwan::failover::control {

enum class Kind {
  Done,
  BadRequest,    // it was not understood
  NotPermitted,  // not from this user
  Refused,       // understood, and not possible as things are
};

// NOLINTNEXTLINE(bugprone-exception-escape): nlohmann::json may throw where it is moved
struct Answer {
  Kind kind = Kind::Done;
  std::string words;                 // for people: what happens now, or what is wrong
  std::string field;                 // of a BadRequest
  std::vector<std::string> details;  // of Reload: errors or warnings, "FILE:LINE: what is wrong"
  nlohmann::ordered_json status;     // of Status; else null
  bool operator==(const Answer&) const = default;
};

std::string encode_answer(const Answer& answer);
// What is no answer becomes a BadRequest that says so.
Answer parse_answer(std::string_view text);

}  // namespace mwan::failover::control
