// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/meters.hpp"

#include <algorithm>
#include <utility>

namespace mwan::failover {

void Meters::begin(Instant now, const Policy& policy) {
  std::vector<LinkMeter> before = std::exchange(links_, {});
  for (const LinkPolicy& link : policy.links) {
    const auto known = std::ranges::find(before, link.name, &LinkMeter::name);
    if (known != before.end()) {
      links_.push_back(std::move(*known));
      before.erase(known);
    } else {
      links_.push_back({.name = link.name, .since = now});
      const auto earlier = taken_before_.find(link.name);
      if (earlier != taken_before_.end()) links_.back().taken = earlier->second;
    }
    taken_before_.erase(link.name);
    LinkMeter& meter = links_.back();
    meter.kind = link.kind;
    // The new engine begins with nothing known.
    const auto index = static_cast<std::size_t>(meter.verdict);
    meter.spent.at(index) += now - std::exchange(meter.since, now);
    meter.verdict = LinkVerdict::Down;
    meter.reason.clear();
    meter.captive = meter.budget_spent = false;
  }
  // Those that are gone may come back.
  for (const LinkMeter& gone : before) {
    if (gone.taken > 0) taken_before_[gone.name] = gone.taken;
  }
  active_.reset();
  enter(now, State::Initializing);
}

void Meters::restore(const RunMemory& memory) {
  switches_ = memory.switches;
  taken_before_ = memory.taken;
}

RunMemory Meters::memory() const {
  RunMemory out{.switches = switches_, .taken = taken_before_};
  for (const LinkMeter& link : links_) out.taken[link.name] = link.taken;
  return out;
}

void Meters::enter(Instant now, State state) {
  if (state_since_) in_state_[state_] += now - *state_since_;
  state_since_ = now;
  state_ = state;
}

void Meters::take(Instant now, const Event& event, const std::vector<Action>& actions,
                  std::optional<LinkId> active) {
  if (const auto* seen = std::get_if<Observation>(&event)) observe(*seen);
  for (const Action& action : actions) {
    if (const auto* change = std::get_if<StateChange>(&action)) {
      enter(now, change->to);
    } else if (const auto* verdict = std::get_if<VerdictChange>(&action)) {
      if (verdict->link.index >= links_.size()) continue;
      LinkMeter& link = links_[verdict->link.index];
      const auto before = static_cast<std::size_t>(std::exchange(link.verdict, verdict->verdict));
      link.spent.at(before) += now - std::exchange(link.since, now);
      link.reason = verdict->reason;
    }
  }
  if (active == active_) return;
  active_ = active;
  if (!active || active->index >= links_.size()) return;
  LinkMeter& link = links_[active->index];
  if (link.name == last_active_) return;
  ++link.taken;
  if (!last_active_.empty()) ++switches_;
  last_active_ = link.name;
}

void Meters::observe(const Observation& seen) {
  if (seen.link.index >= links_.size()) return;
  LinkMeter& link = links_[seen.link.index];
  if (const auto* probe = std::get_if<fact::Probe>(&seen.fact)) {
    ++(probe->ok ? link.rounds_good : link.rounds_lost);
    link.probe = *probe;
  } else if (const auto* device = std::get_if<fact::Device>(&seen.fact)) {
    link.netdev = device->netdev;
    if (!device->present) link.signal.clear();
  } else if (const auto* sample = std::get_if<SignalSample>(&seen.fact)) {
    if (sample->empty()) {
      link.signal.erase(sample->rat);
    } else {
      link.signal[sample->rat] = *sample;
    }
  } else if (const auto* registration = std::get_if<Registration>(&seen.fact)) {
    if (!registration->registered()) link.signal.clear();
  } else if (const auto* portal = std::get_if<fact::Portal>(&seen.fact)) {
    link.captive = portal->captive;
  } else if (const auto* budget = std::get_if<fact::ProbeBudget>(&seen.fact)) {
    link.budget_spent = budget->spent;
  }
}

Duration Meters::in_state(State state, Instant now) const {
  const auto before = in_state_.find(state);
  const Duration spent = before == in_state_.end() ? Duration(0) : before->second;
  return state == state_ && state_since_ ? spent + (now - *state_since_) : spent;
}

Duration Meters::in_verdict(const LinkMeter& link, LinkVerdict verdict, Instant now) {
  const Duration spent = link.spent.at(static_cast<std::size_t>(verdict));
  return verdict == link.verdict ? spent + (now - link.since) : spent;
}

}  // namespace mwan::failover
