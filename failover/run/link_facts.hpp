// SPDX-License-Identifier: LGPL-2.1-or-later
// The latest of every kind of fact about a link, so that an engine that starts in the middle of the
// day (after a reload) can be told what is known.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "hal/link_event.hpp"

namespace mwan::failover {

class LinkFacts {
 public:
  void remember(const Fact& fact);
  // In the order in which a driver would have reported them. Probes and traffic are not remembered:
  // a new engine wants its own.
  [[nodiscard]] std::vector<Fact> all() const;
  [[nodiscard]] const std::map<Rat, SignalSample>& signal() const { return signal_; }
  [[nodiscard]] const std::optional<Registration>& registration() const { return registration_; }

 private:
  std::optional<fact::Device> device_;
  std::optional<fact::Carrier> carrier_;
  std::optional<Registration> registration_;
  std::optional<PacketService> packet_service_;
  std::array<std::optional<Bearer>, 2> bearers_;  // IPv4, IPv6
  std::map<Rat, SignalSample> signal_;
  std::optional<CellReport> cells_;
  std::optional<fact::Addressing> addressing_;
  std::array<std::optional<fact::Gateway>, 2> gateways_;  // IPv4, IPv6
  std::optional<fact::Errors> errors_;
  std::optional<fact::Speed> speed_;
};

}  // namespace mwan::failover
