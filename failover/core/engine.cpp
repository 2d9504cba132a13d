// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/engine.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <variant>

#include "failover/core/best_link.hpp"

namespace mwan::failover {
namespace {

// How long a link that could not be activated is left alone.
constexpr Duration avoid_after_failure = 5s;
// More moves than that, within their memory, make no difference any more.
constexpr double most_flaps = 100;

LinkId lowest_priority_number(const std::vector<LinkPolicy>& links) {
  const auto at = std::ranges::min_element(links, {}, &LinkPolicy::priority);
  return LinkId{static_cast<std::uint16_t>(at - links.begin())};
}

}  // namespace

Engine::Engine(Policy policy)
    : policy_(std::move(policy)), primary_(lowest_priority_number(policy_.links)) {
  links_.reserve(policy_.links.size());
  for (const LinkPolicy& link : policy_.links) {
    links_.emplace_back(LinkHealth(link.probe, policy_.evidence, policy_.families));
  }
}

std::vector<Action> Engine::step(Instant now, const Event& event) {
  // A caller whose clock jumped back must not make deadlines move.
  now_ = std::max(now_, now);
  out_.clear();
  const bool of_one_link = std::holds_alternative<Observation>(event) ||
                           std::holds_alternative<ConfigApplied>(event) ||
                           std::holds_alternative<TimerFired>(event);
  if (!of_one_link || !active_) look_around_ = true;
  take_due();
  std::visit([this](const auto& e) { take(e); }, event);
  if (running_ && now_ - running_since_ >= policy_.step_limit) {
    take(StepResult{*running_, Error{FailureClass::Transient, std::string(name(*running_)),
                                     "not finished within its time limit"}});
  }
  judging_ = judge_at_ && now_ >= *judge_at_;
  if (judging_) {
    judge_at_.reset();
    judged_ = now_;
  }
  const bool all = std::exchange(look_around_, false);
  if (!paused_) decide();
  if (all && !paused_) {
    if (watching() && active_ && running_ != Step::ActivateLink) tend_families(*active_);
    tend_standbys();
  }
  withdraw_stale();
  if (all) {
    for (std::uint16_t i = 0; i < count(); ++i) tend_pace(LinkId{i});
  } else {
    for (const LinkId link : aged_) tend_pace(link);
  }
  aged_.clear();
  return std::move(out_);
}

// Most events concern one link and change nothing for the others, of which there may be hundreds:
// these are looked at when something happened to the link that carries the traffic. What happens
// while they are looked at is for the next step.
void Engine::changed(LinkId link) {
  best_ = {};
  if (link == active_ || policy_.families == Families::Apart) look_around_ = true;
}

// Keeps the times up by which something becomes true of the link though nothing happens.
void Engine::note_due(LinkId link) {
  LinkSlot& s = slot(link);
  std::optional<Instant> at;
  const auto consider = [&](Instant when) {
    if (when > now_ && (!at || when < *at)) at = when;
  };
  if (s.avoid_until) consider(*s.avoid_until);
  if (s.good_since) consider(*s.good_since + policy_.failback_stable);
  if (at == s.due) return;
  if (s.due) due_.erase({*s.due, link});
  if (at) due_.insert({*at, link});
  s.due = at;
}

void Engine::take_due() {
  while (!due_.empty() && due_.begin()->first <= now_) {
    const LinkId link = due_.begin()->second;
    note_due(link);
    changed(link);
    aged_.push_back(link);
  }
}

// ---------------------------------------------------------------- taking facts in

void Engine::take(const Start& start) {
  if (state_ != State::Initializing) return;
  started_ = now_;
  resume_ = start.resume;
  // How long nobody ran is not known to a clock that can be trusted.
  flapped_ = now_;
  if (start.penalty >= 0 && start.penalty <= most_flaps) flaps_ = start.penalty;
  if (start.manual) restore_manual(*start.manual);
  go(Trigger::Started, "daemon started");
}

void Engine::take(const Observation& seen) {
  if (seen.link.index >= links_.size()) return;
  LinkSlot& s = slot(seen.link);
  if (const auto* addressing = std::get_if<fact::Addressing>(&seen.fact)) {
    stale_.erase(seen.link);
    s.applied = true;
    out_.emplace_back(ApplyConfig{seen.link, addressing->config});
  } else if (std::holds_alternative<fact::AddressingLost>(seen.fact)) {
    set_stale(seen.link, s.health.addressed());
  } else if (const auto* device = std::get_if<fact::Device>(&seen.fact)) {
    s.gone = !device->present;
    if (s.gone) set_stale(seen.link, s.applied);
  }
  s.health.observe(now_, seen.fact);
  reassess(seen.link);
  judge_soon(seen.fact);
  probe_ended_flow(seen.link, seen.fact);
}

void Engine::take(const ConfigApplied& applied) {
  if (applied.link.index >= links_.size()) return;
  LinkSlot& s = slot(applied.link);
  if (applied.error) s.health.observe(now_, fact::Trouble{*applied.error, std::nullopt});
  s.health.set_addressed(!applied.error);
  s.pace = {};  // whatever ran was for the addressing before
  changed(applied.link);
  reassess(applied.link);
}

void Engine::take(const StepResult& result) {
  if (running_ != result.step) return;  // late: it was given up already
  running_.reset();
  look_around_ = true;
  const bool ok = !result.error;
  const std::string said =
      std::string(name(result.step)) + (ok ? " done" : " failed: " + result.error->text());
  if (result.step == Step::ActivateLink) {
    activation_ended(ok);
    if (watching()) {  // a first activation, outside the sequences
      target_.reset();
      tend_metered();
      return;
    }
    go(ok ? Trigger::StepDone : Trigger::StepFailed, said);
  } else if (state_ == State::BackupingSettings) {
    backed_up(said);
  } else if (state_ == State::StartingServices && active_ && *active_ != primary_) {
    go(Trigger::AbandonedOnBackup, "the primary could not be activated");
  } else {
    go(Trigger::StepDone, said);
  }
}

// What was found is safe: from here on the links may be touched.
void Engine::backed_up(const std::string& said) {
  active_ = resume_;
  for (std::uint16_t i = 0; i < count(); ++i) {
    const LinkId link{i};
    const Standby standby = link_policy(link).standby;
    if (standby == Standby::Hot || link == primary_ || link == resume_ || link == held_) {
      prepare(link, LinkLevel::Up);
    } else if (standby == Standby::Warm) {
      prepare(link, LinkLevel::Ready);
    }
  }
  if (resume_ && *resume_ != primary_) {
    go(Trigger::Resumed, "traffic was on " + name_of(*resume_) + " when the last run ended");
  } else {
    go(Trigger::StepDone, said);
  }
}

void Engine::reassess(LinkId link) {
  LinkSlot& s = slot(link);
  const Assessment before = std::exchange(
      s.now, s.maintenance ? Assessment{.verdict = LinkVerdict::Down, .cause = Cause::Maintenance}
                           : s.health.assess(now_, policy_.risk));
  const bool other = s.now.verdict != before.verdict;
  if (other || s.now.poor != before.poor || s.health.silent() != s.silent) changed(link);
  s.silent = s.health.silent();
  if (s.now.verdict != LinkVerdict::Good) {
    s.good_since.reset();
  } else if (!s.good_since) {
    s.good_since = now_;
  }
  note_due(link);
  if (s.now.verdict != s.told || s.now.cause != s.told_cause) {
    s.told = s.now.verdict;
    s.told_cause = s.now.cause;
    out_.emplace_back(VerdictChange{link, s.told, s.health.words(now_, s.now, policy_.risk)});
  }
  tend_pace(link);
  if (other && link == active_) tend_metered();
}

// ---------------------------------------------------------------- deciding

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
    // A target that answers is preferred; one that never had the time to is better than none.
    auto target = best_target(primary_, true);
    if (!target) target = best_target(primary_, false);
    if (target) start_sequence(Trigger::PrimaryFailed, *target, why(primary_));
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
    target = best_target(active_, true);
    // After a restart the kernel still routes through the backup, whose driver needs a moment to
    // come up again: only a link that answers is better than waiting for it.
    const bool resuming = resume_ == active_ && now_ - *started_ < policy_.startup_grace;
    if (!target && !resuming) target = best_target(active_, false);
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

bool Engine::well_for_long(LinkId link) const {
  const auto since = slot(link).good_since;
  return since && now_ - *since >= policy_.failback_stable;
}

bool Engine::avoided(LinkId link) const {
  const auto until = slot(link).avoid_until;
  return until && now_ < *until;
}

// ---------------------------------------------------------------- sequences

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
  auto other = best_target(active_, true);
  if (!other) other = best_target(active_, false);
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
  if (!stays) target_ = best_target(active_, true);
  if (!stays && !target_) target_ = best_target(active_, false);
  if (target_ && *target_ != primary_) {
    go(Trigger::Begin, name_of(*target_) + " takes over");
  } else if (active_ && *active_ != primary_) {
    go(Trigger::AbandonedOnBackup, "no other link can be activated");
  } else {
    go(Trigger::Abandoned, "no backup can be activated");
  }
}

// ---------------------------------------------------------------- standby links

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

std::optional<Instant> Engine::deadline() const {
  std::optional<Instant> at;
  const auto consider = [&](Instant when) {
    if (when > now_ && (!at || when < *at)) at = when;
  };
  if (running_) consider(running_since_ + policy_.step_limit);
  if (held_until_) consider(*held_until_);
  if (judge_at_ && active_ && slot(*active_).now.verdict == LinkVerdict::Suspect)
    consider(*judge_at_);
  if (started_ && !active_) consider(*started_ + policy_.startup_grace);
  if (switched_) consider(*switched_ + policy_.dwell);
  if (!due_.empty()) consider(due_.begin()->first);
  return at;
}

std::string Engine::why(LinkId link) const {
  return name_of(link) + ": " + slot(link).health.words(now_, slot(link).now, policy_.risk);
}

}  // namespace mwan::failover
