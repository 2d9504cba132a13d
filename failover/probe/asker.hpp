// SPDX-License-Identifier: LGPL-2.1-or-later
// One way of asking one target through one link.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "failover/probe/portal_watch.hpp"
#include "hal/error.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

// What became of a question that was sent.
struct Outcome {
  std::optional<Duration> answered;  // after how long; nothing: lost, refused or not as expected
  std::string words;                 // why not, for people; empty when nobody answered
  std::optional<HttpVerdict> http;   // of an HTTP target that answered at all
};

// NOTE Threading: on the loop's thread. It may be created before the device or the address is
// there: sockets are made when first needed, and anew after errors.
class Asker {
 public:
  // From the loop, never from inside ask(); at most once for each question.
  using Heard = std::function<void(std::uint32_t question, Outcome outcome)>;

  Asker() = default;
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  virtual ~Asker() = default;

  // question: a number that is not under way already. An error when it could not be sent.
  virtual Status ask(std::uint32_t question) = 0;
  // Its time is over. One that has more to tell than that (HTTP) may be heard all the same.
  virtual void forget(std::uint32_t question) = 0;
  // Hears what waits in the sockets: it came in time, it was this process that did not.
  virtual void catch_up() {}
  // What all of it has cost on the wire so far, answers too, in bytes from the IP header on.
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
};

}  // namespace mwan::failover
