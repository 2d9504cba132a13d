// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: links that do not carry the traffic: how ready they are kept, and when what was applied
// for them is withdrawn.
#include "failover/core/engine.hpp"

namespace mwan::failover {

void Engine::prepare(LinkId link, LinkLevel level) {
  LinkSlot& s = slot(link);
  if (s.prepared == level) return;
  s.prepared = level;
  s.health.keep_ready(level == LinkLevel::Ready);
  out_.emplace_back(PrepareLink{link, level});
  reassess(link);
}

// Back to what its standby policy says, without addressing in the kernel.
void Engine::relax(LinkId link) {
  LinkSlot& s = slot(link);
  set_stale(link, s.health.addressed());  // withdrawn before it is released
  withdraw_stale();
  if (link_policy(link).standby == Standby::Warm) {
    prepare(link, LinkLevel::Ready);
  } else {
    s.prepared.reset();
    out_.emplace_back(ReleaseLink{link});
  }
}

// Cold links are started, and warm ones connected, when the active one is in doubt; both go back
// when the primary has proven itself.
void Engine::tend_standbys() {
  if (!watching() || !started_) return;
  const auto in_doubt = [this](LinkId link) {
    const LinkVerdict verdict = slot(link).now.verdict;
    return verdict == LinkVerdict::Down || verdict == LinkVerdict::Suspect;
  };
  const bool needed = active_ ? in_doubt(*active_) || (policy_.families == Families::Apart &&
                                                       slot(*active_).health.silent().has_value())
                              : now_ - *started_ >= policy_.startup_grace;
  const bool calm = active_ == primary_ && well_for_long(primary_);
  for (std::uint16_t i = 0; i < count(); ++i) {
    const LinkId link{i};
    const LinkSlot& s = slot(link);
    if (link_policy(link).standby == Standby::Hot || link == primary_ || link == active_) continue;
    if (s.maintenance || link == held_) continue;
    if (needed) {
      prepare(link, LinkLevel::Up);
    } else if (calm && s.prepared == LinkLevel::Up && !carries_a_family(link)) {
      relax(link);
    }
  }
}

// Addressing that was lost is taken out of the kernel once the traffic is elsewhere: before that,
// a hole would replace a link that may still carry something. One whose device is gone carries
// nothing.
void Engine::withdraw_stale() {
  for (auto at = stale_.begin(); at != stale_.end();) {
    const LinkId link = *at;
    LinkSlot& s = slot(link);
    const bool in_use = link == active_ || (running_ && link == target_);
    // The kernel has taken the routes of a device that is gone; what else is left of them can wait
    // until the traffic has moved.
    const bool leaving = running_ && link == active_;
    if ((in_use && !s.gone) || leaving) {
      ++at;
      continue;
    }
    at = stale_.erase(at);
    s.applied = false;
    s.unrouted = link == active_;
    s.health.set_addressed(false);
    out_.emplace_back(WithdrawConfig{link});
    reassess(link);
  }
}

void Engine::set_stale(LinkId link, bool on) {
  if (on) {
    stale_.insert(link);
  } else {
    stale_.erase(link);
  }
}

}  // namespace mwan::failover
