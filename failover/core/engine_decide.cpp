// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: whether the traffic moves, and where to, in the states that watch.
#include <tuple>
#include <utility>

#include "failover/core/best_link.hpp"
#include "failover/core/engine.hpp"

namespace mwan::failover {

bool Engine::watching() const {
  return state_ == State::MonitoringPrimary || state_ == State::TestingPrimary ||
         state_ == State::MonitoringBackup || state_ == State::TestingPrimaryParallel;
}

void Engine::decide() {
  if (running_) return;
  if (watching() && active_ && slot(*active_).unrouted && slot(*active_).health.addressed() &&
      !avoided(*active_)) {
    activate_in_place(*active_);
    return;
  }
  if (watching() && decide_by_hand()) return;
  if (state_ == State::MonitoringPrimary || state_ == State::TestingPrimary) {
    decide_on_primary();
  } else if (state_ == State::MonitoringBackup || state_ == State::TestingPrimaryParallel) {
    decide_on_backup();
  }
}

void Engine::decide_on_primary() {
  const LinkSlot& primary = slot(primary_);
  const bool down = primary.now.verdict == LinkVerdict::Down;
  if (!active_) {
    if (!down && !avoided(primary_)) {
      activate_in_place(primary_);
      return;
    }
    if (!primary.maintenance && now_ - *started_ < policy_.startup_grace) return;
  }
  if (down) {
    if (state_ == State::MonitoringPrimary) go(Trigger::Suspicion, why(primary_));
    if (const auto target = best_target(primary_)) {
      start_sequence(Trigger::PrimaryFailed, *target, why(primary_));
    }
    return;
  }
  std::optional<LinkId> target;
  if (at_risk(primary_, target)) {
    start_sequence(Trigger::PrimaryFailed, *target, why(primary_));
    return;
  }
  if (primary.now.verdict == LinkVerdict::Suspect && state_ == State::MonitoringPrimary) {
    go(Trigger::Suspicion, why(primary_));
  } else if (primary.now.verdict == LinkVerdict::Good && state_ == State::TestingPrimary) {
    go(Trigger::Healthy, why(primary_));
  }
}

// Outside the sequences: nothing is left for it.
void Engine::activate_in_place(LinkId link) {
  target_ = link;
  running_ = Step::ActivateLink;
  running_since_ = now_;
  tend_families(link);
  out_.emplace_back(RunStep{Step::ActivateLink, std::nullopt, link});
}

void Engine::decide_on_backup() {
  const LinkSlot& backup = slot(*active_);
  const LinkSlot& primary = slot(primary_);
  // Between links of one priority there is no way back: the traffic stays until there is a reason.
  const bool preferred = link_policy(primary_).priority < link_policy(*active_).priority;
  const bool promising =
      preferred && primary.now.verdict == LinkVerdict::Good && !avoided(primary_);

  std::optional<LinkId> target;
  if (backup.now.verdict == LinkVerdict::Down) {
    target = resuming() ? best_target(active_, true) : best_target(active_);
  } else if (!at_risk(*active_, target)) {
    target.reset();
  }
  if (target) {
    const bool back = *target == primary_;
    start_sequence(back ? Trigger::PrimaryRecovered : Trigger::BackupFailed, *target,
                   why(*active_));
    return;
  }
  if (promising && state_ == State::MonitoringBackup) {
    go(Trigger::PrimaryPromising, name_of(primary_) + " answers again");
  } else if (!promising && state_ == State::TestingPrimaryParallel) {
    go(Trigger::PrimaryStillDown, why(primary_));
  }
  if (within_dwell()) return;
  if (promising && well_for_long(primary_)) {
    start_sequence(Trigger::PrimaryRecovered, primary_,
                   name_of(primary_) + " has been well for " +
                       std::to_string(to_ms(now_ - *primary.good_since)) + " ms");
    return;
  }
  const auto better = best_target(active_, true);
  if (better && *better != primary_ && well_for_long(*better) &&
      link_policy(*better).priority < link_policy(*active_).priority) {
    start_sequence(Trigger::BetterBackup, *better,
                   name_of(*better) + " is preferred over " + name_of(*active_));
  }
}

// The link to go to: well ones before suspect ones, those that are of use before others,
// then by priority. proven = it answered probes.
std::optional<LinkId> Engine::best_target(std::optional<LinkId> leaving, bool proven) const {
  auto& known = best_.at(proven ? 1 : 0);
  if (known && known->leaving == leaving) return known->link;
  using Rank = std::tuple<bool, bool, int>;
  const auto best = best_link(count(), [&](LinkId link) -> std::optional<Rank> {
    const Assessment& a = slot(link).now;
    if (link == leaving || a.verdict == LinkVerdict::Down) return std::nullopt;
    if (a.verdict == LinkVerdict::Ready) return std::nullopt;  // nothing to carry traffic with
    if (proven && a.verdict == LinkVerdict::Unproven) return std::nullopt;
    if (avoided(link)) return std::nullopt;
    return Rank{a.verdict != LinkVerdict::Good, a.poor, link_policy(link).priority};
  });
  known = {leaving, best};
  return best;
}

// A target that answers is preferred; one that never had the time to is better than none.
std::optional<LinkId> Engine::best_target(std::optional<LinkId> leaving) const {
  const auto proven = best_target(leaving, true);
  return proven ? proven : best_target(leaving, false);
}

// After a restart the kernel still routes through the link in use, whose driver needs a moment to
// come up again: only a link that answers is better than waiting for it.
bool Engine::resuming() const {
  return resume_ == active_ && now_ - *started_ < policy_.startup_grace;
}

bool Engine::well_for_long(LinkId link) const {
  const auto since = slot(link).good_since;
  return since && now_ - *since >= policy_.failback_stable;
}

bool Engine::avoided(LinkId link) const {
  const auto until = slot(link).avoid_until;
  return until && now_ < *until;
}

}  // namespace mwan::failover
