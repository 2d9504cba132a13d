// SPDX-License-Identifier: LGPL-2.1-or-later
// What may be shown to people: text that came from outside must not drive a terminal.
#pragma once

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "hal/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace mwan::fuzz {

inline bool valid_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

inline bool no_control(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A name from a modem or a network.
inline void require_clean(const std::string& text) {
  require(no_control(text), "a text holds no control characters");
  require(valid_utf8(text), "a text is UTF-8");
  require(text.size() <= 256, "a text is short");
}

inline void require_said(const Error& error) {
  require(!error.message.empty(), "an error says why");
  require(no_control(error.text()), "an error holds no control characters");
}

}  // namespace mwan::fuzz
