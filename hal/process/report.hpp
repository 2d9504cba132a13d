// SPDX-License-Identifier: LGPL-2.1-or-later
// What a script that dhcpcd or pppd calls has to say: its name, arguments and environment, sent to
// the daemon by mwan-tell as one datagram. Pure.
//
// The form: "mwan-tell 1", the name it was called by, the number of arguments, the arguments, then
// NAME=VALUE of the environment; each ends with a NUL byte.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"

namespace mwan {

struct ScriptReport {
  static constexpr std::size_t kLongest = 32768;  // bytes of a datagram
  static constexpr std::size_t kMostParts = 512;

  std::string name;                    // "ip-up"; without the folder
  std::vector<std::string> arguments;  // without the name
  std::map<std::string, std::string, std::less<>> environment;
  bool operator==(const ScriptReport&) const = default;

  // "" for one that is not set.
  [[nodiscard]] const std::string& value(std::string_view variable) const;
};

// Untrusted: values may hold anything but NUL.
Result<ScriptReport> parse_report(std::span<const char> datagram);

// Strings longer than what fits are left out whole.
std::string encode_report(std::string_view name, const std::vector<std::string_view>& arguments,
                          const std::vector<std::string_view>& environment);

}  // namespace mwan
