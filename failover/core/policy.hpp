// SPDX-License-Identifier: LGPL-2.1-or-later
// What the engine is told to do, after the settings and profiles were read: plain values with the
// defaults that really run.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "failover/core/path_quality.hpp"
#include "failover/core/risk/risk_model.hpp"
#include "hal/link_event.hpp"
#include "hal/time.hpp"

namespace mwan::failover {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How ready a link is kept while another one carries the traffic.
enum class Standby {
  Hot,   // up, addressed and probed
  Warm,  // short of a connection (LinkLevel::Ready) until it may be needed; then as Hot
  Cold,  // not even started until it is needed
};

// Which facts may decide.
enum class Evidence {
  All,
  Pings,  // probes only, as classic failover does; for comparison and for hardware that lies
};

// What becomes of a link that lost one address family and has the other.
enum class Families {
  // Links are changed for both at once. Without IPv4 a link is down, because most hosts need it;
  // without IPv6 it goes on, and has no IPv6 default route until it is back.
  Together,
  // The lost family goes by the best other link that has it.
  Apart,
};

struct ProbePolicy {
  // While the link is well, idle or with traffic that is answered: each target once in this time,
  // one after the other, so that with four of them one is asked every 1.25 s.
  Duration interval = 5s;
  Duration fast_interval = 100ms;  // between rounds while there is suspicion against it
  // While it is dead, or came back and has yet to be well for as long as failback_stable.
  Duration retry_interval = 1s;
  // While it is well, metered, and another link that is well carries the traffic: data costs money.
  Duration metered_interval = 10s;
  Duration timeout = 700ms;  // a round without its quorum by then has failed
  int down = 3;              // failed rounds in a row that make a link dead
  int up = 3;                // good rounds in a row that make it alive again
  QualityPolicy quality;

  // And while the link's traffic is answered: behind a full queue answers are late, and nothing is
  // lost. A second and more of queue is common in front of a slow uplink. Not more rounds than
  // twenty are under way at once.
  [[nodiscard]] Duration patience() const {
    return std::max(timeout, std::min<Duration>(2s, 20 * fast_interval));
  }

  bool operator==(const ProbePolicy&) const = default;
};

struct LinkPolicy {
  std::string name;  // the profile's name
  LinkKind kind = LinkKind::Ethernet;
  int priority = 100;  // the lowest number is the primary
  Standby standby = Standby::Hot;
  bool metered = false;
  ProbePolicy probe;

  bool operator==(const LinkPolicy&) const = default;
};

struct Policy {
  std::vector<LinkPolicy> links;  // LinkId indexes this
  Evidence evidence = Evidence::All;
  Families families = Families::Together;
  Duration failback_stable = 10s;  // the primary must be well for so long before traffic returns
  Duration dwell = 1s;             // no second change of link within it, unless the active one died
  // Every change of link makes the next one dearer by this part of the risk model's switch price;
  // the surcharge fades with flap_memory as its time constant.
  double flap_penalty = 0.3;
  Duration flap_memory = 30s;
  Duration startup_grace = 10s;  // how long the primary may take to come up at start
  Duration step_limit = 30s;     // a host step that takes longer counts as failed
  RiskModel risk = shipped_risk_model();

  bool operator==(const Policy&) const = default;
};

}  // namespace mwan::failover
