// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: going through the steps of a failover or a failback, as the table of states has them.
#include <algorithm>
#include <cassert>

#include "failover/core/engine.hpp"

namespace mwan::failover {
namespace {

// How long a link that could not be activated is left alone.
constexpr Duration avoid_after_failure = 5s;

}  // namespace

void Engine::go(Trigger on, const std::string& reason) {
  const auto to = next(state_, on);
  assert(to && "a trigger that the table does not allow here");
  if (!to) return;
  out_.emplace_back(StateChange{state_, *to, on, reason});
  enter(*to);
}

void Engine::enter(State state) {
  state_ = state;
  if (state == State::InitiatingFailover) {
    if (target_) {
      go(Trigger::Begin, name_of(*target_) + " takes over");
    } else {
      abandon_or_retry();
    }
    return;
  }
  if (state == State::InitiatingFailback) {
    go(Trigger::Begin, name_of(*target_) + " takes over again");
    return;
  }
  if (state == State::ConfiguringBackup || state == State::RestoringPrimary) {
    if (!target_still_lives()) return;
  }
  if (const auto step = step_of(state)) {
    running_ = step;
    running_since_ = now_;
    // Putting the primary back after a failed failover has no other target.
    const auto to = state == State::RestoringPrimary ? primary_ : target_.value_or(primary_);
    if (step == Step::ActivateLink) {
      target_ = to;
      tend_families(to);
    }
    out_.emplace_back(RunStep{*step, leaving_, to});
    return;
  }
  leaving_.reset();
  target_.reset();
  by_hand_ = false;
  tend_metered();
}

// The steps before took their time: a link that died meanwhile is not moved to while another one
// lives.
bool Engine::target_still_lives() {
  if (!target_ || target_ == active_ || slot(*target_).now.verdict != LinkVerdict::Down) {
    return true;
  }
  const auto other = best_target(active_);
  if (!other && (!active_ || slot(*active_).now.verdict == LinkVerdict::Down)) return true;
  if (state_ == State::ConfiguringBackup && other && *other != primary_) {
    target_ = other;
    return true;
  }
  const std::string why = name_of(*target_) + " died meanwhile";
  target_.reset();
  go(Trigger::StepFailed, why);
  return false;
}

void Engine::start_sequence(Trigger on, LinkId target, const std::string& reason) {
  leaving_ = active_;
  target_ = target;
  go(on, reason);
}

void Engine::activation_ended(bool ok) {
  const LinkId target = *target_;
  if (ok) {
    if (active_ && *active_ != target) {
      flaps_ = std::min(flaps() + 1, most_flaps);
      flapped_ = now_;
      switched_ = now_;
      slot(*active_).unrouted = false;
    }
    active_ = target;
    for (auto& exception : exceptions_) {
      if (exception && *exception == active_) exception.reset();
    }
    slot(target).unrouted = !slot(target).health.addressed();  // it left meanwhile
    slot(target).avoid_until.reset();
  } else {
    slot(target).avoid_until = now_ + avoid_after_failure;
    target_.reset();
    if (held_ == target) release_hold(name_of(target) + " could not be activated");
  }
  note_due(target);
  changed(target);
}

void Engine::abandon_or_retry() {
  // What a person asked for and cannot have is no reason to leave a link that works.
  const bool stays = by_hand_ && active_ && slot(*active_).now.verdict != LinkVerdict::Down;
  if (!stays) target_ = best_target(active_);
  if (target_ && *target_ != primary_) {
    go(Trigger::Begin, name_of(*target_) + " takes over");
  } else if (active_ && *active_ != primary_) {
    go(Trigger::AbandonedOnBackup, "no other link can be activated");
  } else {
    go(Trigger::Abandoned, "no backup can be activated");
  }
}

}  // namespace mwan::failover
