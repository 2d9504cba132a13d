// SPDX-License-Identifier: LGPL-2.1-or-later
// What can go wrong, with the class that decides what to do about it, and the result type that
// carries it. Messages are for people: what failed, on which link, why, what to do.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace mwan {

// How a failure is treated by whoever retries.
enum class FailureClass {
  Permanent,  // retrying cannot help: wrong PIN, unknown APN, bad settings
  Throttled,  // the peer asked for, or needs, a pause before the next attempt
  Transient,  // retry with back-off
  Gone,       // the device or the peer is no longer there
  Cancelled,  // we gave up on purpose
};

struct Error {
  FailureClass failure = FailureClass::Transient;
  std::string where;    // the step or object: "qmi start-network ipv4", "settings:12"
  std::string message;  // why, and what to do where that is known

  bool operator==(const Error&) const = default;
  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> failed(FailureClass failure, std::string where, std::string message) {
  return tl::unexpected<Error>(Error{failure, std::move(where), std::move(message)});
}
inline tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace mwan
