// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: what people decide. Their choice goes before risk, priority and stability time, and after
// decisive facts: no choice keeps the traffic on a dead link while another one lives.
#include <algorithm>
#include <utility>

#include "failover/core/engine.hpp"

namespace mwan::failover {
namespace {

// For a link that has to be started, or that has not answered yet: a modem registers and dials
// within half of it.
constexpr Duration bring_up_limit = 120s;

}  // namespace

void Engine::take(const Command& command) {
  const auto answer = [&]() -> Answered {
    if (command.link && command.link->index >= links_.size()) return {false, "no such link"};
    switch (command.kind) {
      case CommandKind::Failover:
        return failover(command.link);
      case CommandKind::Failback:
        return failback();
      case CommandKind::Pause:
        return pause(true);
      case CommandKind::Resume:
        return pause(false);
      case CommandKind::MaintenanceOn:
        return maintain(command.link, true);
      case CommandKind::MaintenanceOff:
        return maintain(command.link, false);
    }
    return {false, "unknown command"};
  }();
  out_.emplace_back(CommandAnswer{answer.first, answer.second});
}

Engine::Answered Engine::failover(std::optional<LinkId> link) {
  if (paused_) return {false, "paused: resume first"};
  if (!link && !active_) {
    return {false, "no link carries the traffic yet that could be left; name the one to go to"};
  }
  if (!link) link = best_other();
  if (!link) return {false, "no other link can carry the traffic"};
  const LinkSlot& s = slot(*link);
  if (s.maintenance) return {false, name_of(*link) + " is in maintenance"};
  if (link == active_) return {false, name_of(*link) + " carries the traffic already"};
  if (link == held_) return {false, "on the way to " + name_of(*link) + " already"};
  const bool start = startable(*link);
  if (s.now.verdict == LinkVerdict::Down && !start) {
    return {false, "it cannot carry the traffic: " + why(*link)};
  }
  const bool waits = !carries_now(*link);
  held_ = link;
  held_until_ = now_ + bring_up_limit;
  return_ = false;
  if (start) prepare(*link, LinkLevel::Up);
  tell_manual("failover to " + name_of(*link));
  if (!waits) return {true, name_of(*link) + " takes over, until failback"};
  return {true, name_of(*link) + (start ? " is being brought up" : " has not answered yet") +
                    "; it takes over as soon as it can, within " +
                    std::to_string(bring_up_limit / 1s) + " s, until failback"};
}

Engine::Answered Engine::failback() {
  if (paused_) return {false, "paused: resume first"};
  if (!held_ && active_ == primary_) {
    return {false, "nothing to undo: " + name_of(primary_) + ", the preferred link, carries " +
                       "the traffic, and no choice by hand is in force"};
  }
  const bool held = held_.has_value();
  held_.reset();
  held_until_.reset();
  return_ = active_ != primary_;
  if (held) tell_manual("failback");
  if (!return_) return {true, "the engine chooses again"};
  const LinkSlot& primary = slot(primary_);
  if (primary.now.verdict == LinkVerdict::Good && !avoided(primary_)) {
    return {true, "the engine chooses again; the traffic returns to " + name_of(primary_)};
  }
  return {true, "the engine chooses again; it returns to the preferred link as soon as that is " +
                    std::string("well for long enough, which it is not: ") + why(primary_)};
}

Engine::Answered Engine::pause(bool on) {
  if (paused_ == on) return {true, on ? "paused already" : "not paused: nothing to resume"};
  paused_ = on;
  tell_manual(on ? "pause" : "resume");
  return {true, on ? "paused: links are watched, the traffic stays where it is whatever happens"
                   : "no longer paused"};
}

Engine::Answered Engine::maintain(std::optional<LinkId> link, bool on) {
  if (!link) return {false, "it takes the name of a link"};
  LinkSlot& s = slot(*link);
  if (s.maintenance == on) {
    return {true, name_of(*link) + (on ? " is in maintenance already" : " is not in maintenance")};
  }
  if (on && link == active_) {
    if (paused_) {
      return {false, name_of(*link) + " carries the traffic, which stays there while paused"};
    }
    if (!best_target(active_, false)) {
      return {false, name_of(*link) + " carries the traffic, and no other link can"};
    }
  }
  s.maintenance = on;
  if (!on && s.health.addressed()) {
    // What its probes said is from before: it has to answer again.
    s.health.set_addressed(false);
    s.health.set_addressed(true);
  }
  if (held_ == link) {
    held_.reset();
    held_until_.reset();
  }
  tell_manual("maintenance of " + name_of(*link) + (on ? " begins" : " ends"));
  reassess(*link);
  changed(*link);
  return {true, name_of(*link) + (on ? " is in maintenance: it is not probed and never chosen"
                                     : " may be chosen again as soon as it has answered")};
}

// Where a failover without a name goes: a link that answers, one that may, one to be started.
std::optional<LinkId> Engine::best_other() const {
  if (auto best = best_target(active_)) return best;
  std::optional<LinkId> best;
  for (std::uint16_t i = 0; i < count(); ++i) {
    const LinkId link{i};
    if (link == active_ || !startable(link)) continue;
    if (!best || link_policy(link).priority < link_policy(*best).priority) best = link;
  }
  return best;
}

// Short of a connection because nobody needed it, and not because something is wrong.
bool Engine::startable(LinkId link) const {
  const LinkSlot& s = slot(link);
  if (s.maintenance || s.prepared == LinkLevel::Up) return false;
  return !s.prepared || s.now.verdict == LinkVerdict::Ready;
}

// Well enough to be gone to. One that never answered is for when there is nothing to lose.
bool Engine::carries_now(LinkId link) const {
  const LinkVerdict verdict = slot(link).now.verdict;
  if (avoided(link)) return false;
  if (verdict == LinkVerdict::Good || verdict == LinkVerdict::Suspect) return true;
  return verdict == LinkVerdict::Unproven && active_ &&
         slot(*active_).now.verdict == LinkVerdict::Down;
}

void Engine::restore_manual(const Manual& manual) {
  const auto known = [this](LinkId link) { return link.index < links_.size(); };
  paused_ = manual.paused;
  for (const LinkId link : manual.maintenance) {
    if (!known(link)) continue;
    slot(link).maintenance = true;
    reassess(link);
  }
  if (manual.held && known(*manual.held) && !slot(*manual.held).maintenance) {
    held_ = manual.held;
    held_until_ = now_ + bring_up_limit;
  }
}

void Engine::release_hold(const std::string& why) {
  held_.reset();
  held_until_.reset();
  tell_manual("the choice by hand is over: " + why);
}

void Engine::tell_manual(const std::string& reason) {
  out_.emplace_back(ManualChange{manual(), reason});
}

Manual Engine::manual() const {
  Manual out{.paused = paused_, .held = held_, .maintenance = {}};
  for (std::uint16_t i = 0; i < count(); ++i) {
    if (slot(LinkId{i}).maintenance) out.maintenance.push_back(LinkId{i});
  }
  return out;
}

Engine::Standing Engine::standing(LinkId link) const {
  const LinkSlot& s = slot(link);
  return {.verdict = s.now.verdict,
          .words = s.health.words(now_, s.now, policy_.risk),
          .risk = s.now.risk,
          .maintenance = s.maintenance};
}

// True: there is nothing left to decide.
bool Engine::decide_by_hand() {
  if (std::exchange(return_, false) && active_ && *active_ != primary_ &&
      slot(primary_).now.verdict == LinkVerdict::Good && !avoided(primary_)) {
    by_hand_ = true;
    start_sequence(Trigger::ManualFailback, primary_, "failback was asked for");
    return true;
  }
  if (!held_) return false;
  if (active_ == held_) return keep_hold();
  if (now_ >= *held_until_) {
    release_hold(name_of(*held_) + " was not able to carry the traffic in time");
    return false;
  }
  const bool on_primary = state_ == State::MonitoringPrimary || state_ == State::TestingPrimary;
  // There the engine's own first activation goes to it.
  if (on_primary && held_ == primary_) return false;
  if (carries_now(*held_)) {
    by_hand_ = true;
    const bool back = held_ == primary_;
    start_sequence(back ? Trigger::ManualFailback : Trigger::ManualFailover, *held_,
                   "failover to " + name_of(*held_) + " was asked for");
    return true;
  }
  // After a restart the traffic should not be moved twice.
  return !active_ && now_ - *started_ < policy_.startup_grace;
}

// Decisive facts win: a dead link is left when another one lives.
bool Engine::keep_hold() {
  held_until_.reset();
  const LinkVerdict verdict = slot(*held_).now.verdict;
  if (verdict == LinkVerdict::Good && state_ == State::TestingPrimary) {
    go(Trigger::Healthy, why(primary_));
  }
  if (verdict != LinkVerdict::Down) return true;
  const bool other = (resuming() ? best_target(active_, true) : best_target(active_)).has_value();
  if (other) release_hold("it is dead and another link is not, " + why(*held_));
  return false;
}

}  // namespace mwan::failover
