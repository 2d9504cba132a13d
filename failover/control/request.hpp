// SPDX-License-Identifier: LGPL-2.1-or-later
// What may be asked over the control socket: one JSON object each (docs/control.md). Pure; whoever
// sends it is allowed to, and what is sent may be anything all the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace mwan::failover::control {

inline constexpr int version = 1;
inline constexpr std::size_t max_request = 4096;  // bytes

enum class Verb {
  Status,
  Failover,
  Failback,
  Pause,
  Resume,
  Maintenance,
  Reload,   // read the configuration again
  RedUp,    // IPFire's hooks: RED came up,
  RedDown,  // or went down
  Look,     // devices changed
};

struct Request {
  Verb verb = Verb::Status;
  std::string link;  // of Failover (empty: the best other one) and Maintenance
  bool on = false;   // of Maintenance
  bool operator==(const Request&) const = default;
};

struct RequestError {
  std::string field;  // "link"; empty: the whole
  std::string message;
  bool operator==(const RequestError&) const = default;
};

// What is not known is refused as well: a misspelt member would be ignored otherwise.
tl::expected<Request, RequestError> parse_request(std::string_view text);
std::string encode_request(const Request& request);

std::string_view name(Verb verb);

}  // namespace mwan::failover::control
