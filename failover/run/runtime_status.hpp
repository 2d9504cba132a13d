// SPDX-License-Identifier: LGPL-2.1-or-later
// How things are, for people who ask: plain values, and nothing secret in them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/policy.hpp"
#include "hal/link_event.hpp"

namespace mwan::failover {

struct LinkStatus {
  std::string name;
  LinkKind kind = LinkKind::Ethernet;
  std::string netdev;  // empty: not there
  int priority = 0;
  Standby standby = Standby::Hot;
  bool metered = false;
  LinkVerdict verdict = LinkVerdict::Down;
  std::string reason;
  Duration lasting{};  // since the verdict is this
  double risk = 0;     // of losing packets soon, 0 to 1
  bool maintenance = false;
  std::vector<IpPrefix> addresses;  // in the kernel
  std::vector<SignalSample> signal;
  std::optional<Registration> registration;
};

struct RuntimeStatus {
  State state = State::Initializing;
  std::optional<std::string> active;  // the link that carries the traffic
  std::string preferred;              // the link with the lowest priority number
  bool paused = false;
  std::optional<std::string> held;  // chosen by hand
  std::vector<LinkStatus> links;
};

}  // namespace mwan::failover
