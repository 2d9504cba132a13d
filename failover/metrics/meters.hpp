// SPDX-License-Identifier: LGPL-2.1-or-later
// What has happened so far, counted from the events and actions of the engine. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"
#include "failover/metrics/run_memory.hpp"

namespace mwan::failover {

inline constexpr std::size_t link_verdicts = 5;  // of LinkVerdict

struct LinkMeter {
  std::string name;
  LinkKind kind = LinkKind::Ethernet;
  LinkVerdict verdict = LinkVerdict::Down;
  std::string reason;
  Instant since;                                // in this verdict
  std::array<Duration, link_verdicts> spent{};  // in each, without the one that lasts
  std::string netdev;                           // empty: no device
  std::map<Rat, SignalSample> signal;           // the latest; none while not known
  std::uint64_t rounds_good = 0;
  std::uint64_t rounds_lost = 0;
  std::optional<fact::Probe> probe;  // the last round
  bool captive = false;
  bool budget_spent = false;
  std::uint64_t taken = 0;  // how often traffic was moved to it
};

class Meters {
 public:
  // Another policy, at the start and after a reload: links keep what was counted under their name.
  void begin(Instant now, const Policy& policy);
  // active: after the event.
  void take(Instant now, const Event& event, const std::vector<Action>& actions,
            std::optional<LinkId> active);

  // What an earlier run counted, before begin().
  void restore(const RunMemory& memory);
  // What the next one should know; without the penalty, which is the engine's.
  [[nodiscard]] RunMemory memory() const;

  [[nodiscard]] const std::vector<LinkMeter>& links() const { return links_; }  // by LinkId
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::optional<LinkId> active() const { return active_; }
  // From one link to another.
  [[nodiscard]] std::uint64_t switches() const { return switches_; }
  [[nodiscard]] Duration in_state(State state, Instant now) const;
  [[nodiscard]] static Duration in_verdict(const LinkMeter& link, LinkVerdict verdict, Instant now);

 private:
  void observe(const Observation& seen);
  void enter(Instant now, State state);

  std::vector<LinkMeter> links_;
  State state_ = State::Initializing;
  std::optional<Instant> state_since_;
  std::map<State, Duration> in_state_;
  std::optional<LinkId> active_;
  std::string last_active_;  // its name: also over a reload
  std::uint64_t switches_ = 0;
  std::map<std::string, std::uint64_t> taken_before_;  // of links that are not there, by name
};

}  // namespace mwan::failover
