// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/engine.hpp"

#include <algorithm>
#include <variant>

namespace mwan::failover {
namespace {

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
  const bool was_poor = s.now.poor;
  s.health.observe(now_, seen.fact);
  reassess(seen.link);
  judge_soon(seen.fact);
  // What shows that the link is of no use needs no waiting for what else may be said.
  if (s.now.poor && !was_poor) judge_at_ = now_;
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
