// SPDX-License-Identifier: LGPL-2.1-or-later
// What speaks against a link beside its probes: traffic that gets no answer, a gateway that is
// asked and does not answer, damaged packets. None of it makes a link dead; it is why probes are
// sent fast, and makes fewer lost ones enough. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "failover/core/answer_time.hpp"
#include "hal/link_event.hpp"

namespace mwan::failover {

class Suspicion {
 public:
  enum class Kind { TrafficUnanswered, GatewaySilent, ManyErrors };

  // Other facts say nothing here. probes_lost: the last round was, so that what follows from the
  // same silence is not counted twice.
  void observe(const Fact& fact, bool probes_lost);
  // The addressing is another, or none: what was seen belonged to the one before.
  void restart();
  // The device is another.
  void clear() { *this = Suspicion(); }

  [[nodiscard]] std::optional<Kind> kind() const;
  // So many lost rounds are made up for by what was seen beside them.
  [[nodiscard]] int strikes() const { return (silent_ ? 1 : 0) + (gateway_silent_ ? 1 : 0); }
  // When an answer to a probe is overdue: after `patience` where traffic is answered, for what
  // waits behind a busy link's packets comes late without being lost, and they are proof enough.
  [[nodiscard]] Duration answer_limit(Duration timeout, Duration patience) const;
  // Agreed on much less than it once did.
  [[nodiscard]] bool slow() const { return speed_ && speed_->mbps * std::uint64_t{10} <= fastest_; }
  [[nodiscard]] std::string words() const;        // of kind()
  [[nodiscard]] std::string speed_words() const;  // "10 Mbit/s after 1000"

 private:
  std::optional<fact::Flow> flow_;
  fact::Traffic unanswered_;
  bool stalled_ = false;  // and no probe was answered since
  bool silent_ = false;   // likewise, since the traffic was unanswered or ended
  std::optional<IpAddress> gateway_;
  bool gateway_silent_ = false;
  std::optional<fact::Errors> errors_;
  std::optional<fact::Speed> speed_;
  std::uint32_t fastest_ = 0;  // Mbit/s, of this device
  AnswerTime answer_time_;
};

}  // namespace mwan::failover
