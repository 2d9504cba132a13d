// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/paced_prober.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace mwan::failover {

PacedProber::PacedProber(Loop& loop, Duration timeout, const Makes& makes, Report report)
    : loop_(loop),
      timeout_(timeout),
      report_(std::move(report)),
      all_(makes.all([this](const Fact& fact) {
        // What is not a round's end is passed on as it is.
        if (const auto* probe = std::get_if<fact::Probe>(&fact)) {
          heard_all(*probe);
        } else {
          this->report(fact);
        }
      })),
      others_(makes.others) {
  if (makes.each.size() < 2) return;
  each_.reserve(makes.each.size());
  for (std::size_t i = 0; i < makes.each.size(); ++i) {
    each_.push_back({makes.each[i]([this, i](const Fact& fact) {
      if (const auto* probe = std::get_if<fact::Probe>(&fact)) heard_from(i, *probe);
    })});
  }
}

void PacedProber::set_pace(const Pace& pace) {
  const Pace before = std::exchange(pace_, pace);
  if (pace.interval == before.interval && pace.in_turn == before.in_turn) return;
  tick_.reset();
  unusual_.reset();
  if (pace.interval <= Duration(0)) again_.reset();
  if (!pace.in_turn && look_.active()) {
    look_.reset();
    look_again_ = true;
  }
  for (Target& target : each_) {
    target.unusual.reset();
    target.overdue.reset();
    target.doubted = false;
    target.held = false;
  }
  if (pace.interval <= Duration(0)) {
    rounds_.clear();
    look_.reset();
    look_again_ = false;
    return;
  }
  // The quick pace may have ended before it told anything.
  if (pace.in_turn && std::exchange(look_again_, false)) look();
  const bool at_once = before.interval <= Duration(0) || pace.interval < before.interval;
  if (pace.in_turn && !at_once) {
    last_whole_ = Loop::now();
    tick_ = loop_.after(between(), [this] { tick(); });
  } else {
    tick_ = loop_.soon([this] { tick(); });
  }
}

void PacedProber::set_sparing(bool sparing) {
  if (std::exchange(sparing_, sparing) == sparing || !tick_.active() || !pace_.in_turn) return;
  tick_ = loop_.after(between(), [this] { tick(); });
}

// From one tick to the next.
Duration PacedProber::between() const {
  if (!pace_.in_turn || sparing_ || each_.empty()) return pace_.interval;
  return pace_.interval / static_cast<Duration::rep>(each_.size());
}

void PacedProber::tick() {
  tick_ = loop_.after(between(), [this] { tick(); });
  const bool whole = others_ && Loop::now() - last_whole_ >= kWhole;
  if (!pace_.in_turn || each_.empty() || whole) {
    round();
    return;
  }
  ask(each_[next_]);
  next_ = (next_ + 1) % each_.size();
}

// ---------------------------------------------------------------- all of them

void PacedProber::round() {
  begin_round(false);
  doubt_round();
}

// There is a reason to ask: where nobody answers as soon as the quickest does otherwise, it is
// asked again before the limit is over.
void PacedProber::doubt_round() {
  if (!pace_.in_turn || !limited()) return;
  std::optional<Duration> usual;
  for (const Target& target : each_) {
    const auto own = target.heard ? target.time.usual_most() : std::nullopt;
    if (own && (!usual || *own < *usual)) usual = own;
  }
  if (!usual) return;
  unusual_ = loop_.after(std::max(*usual, kLeastUsual), [this] {
    unusual_.reset();
    look_in_doubt();
  });
}

void PacedProber::begin_round(bool confirms) {
  const Instant now = last_whole_ = Loop::now();
  rounds_.push_back({.begun = now, .told_lost = false, .confirms = confirms, .limit = {}});
  if (limited()) {
    rounds_.back().limit = loop_.after(pace_.limit, [this, now] { late(now); });
  }
  all_->round();
}

void PacedProber::look() {
  if (!pace_.in_turn || pace_.interval <= Duration(0)) return;
  looks_ = 0;
  look_in_doubt_ = false;
  // Sooner than the others: what lost a question may have been the end.
  look_ = loop_.after(kLook / 2, [this] { look_closer(); });
}

// For answers that may come yet.
void PacedProber::look_in_doubt() {
  if (look_.active()) return;
  look();
  look_in_doubt_ = true;
}

void PacedProber::end_doubt() {
  if (std::exchange(look_in_doubt_, false)) look_.reset();
}

void PacedProber::look_closer() {
  look_.reset();
  if (!pace_.in_turn || looks_ >= kMostLooks) return;
  if (looks_ >= kLooks && !all_->undecided()) return;
  ++looks_;
  look_ = loop_.after(kLook, [this] { look_closer(); });
  begin_round(false);
}

void PacedProber::late(Instant begun) {
  const auto at = std::ranges::find(rounds_, begun, &Round::begun);
  if (at == rounds_.end()) return;
  at->told_lost = true;
  at->limit.reset();
  if (at->confirms) {
    // From the loop, after the first loss: whoever is told may end this.
    again_ = loop_.soon([this] { report(fact::Probe{.sent = 1, .answered = 0, .ok = false}); });
  }
  if (at->held) rounds_.erase(at);
  report(fact::Probe{.sent = 1, .answered = 0, .ok = false});
}

// Rounds overlap and their reports bear no number: an answered one is that which began its round
// trip time ago, a lost one is the oldest.
void PacedProber::heard_all(const fact::Probe& probe) {
  if (pace_.interval <= Duration(0)) return;
  silent_ = probe.silent;
  if (!probe.ok) {
    lost_all(probe);
    return;
  }
  unusual_.reset();
  end_doubt();
  const bool late = probe.rtt && *probe.rtt > timeout_;
  auto candidates = rounds_ | std::views::filter([late](const Round& r) { return r.held == late; });
  const Instant begun = Loop::now() - probe.rtt.value_or(Duration(0));
  const auto at = std::ranges::min_element(candidates, {}, [begun](const Round& r) {
    return r.begun > begun ? r.begun - begun : begun - r.begun;
  });
  const bool found = at != candidates.end();
  if (late && !found) return;
  if (found) rounds_.erase(at.base());
  report(probe);
}

void PacedProber::lost_all(const fact::Probe& probe) {
  const auto at = std::ranges::find(rounds_, false, &Round::held);
  if (at != rounds_.end()) {
    if (at->limit.active() && !probe.complete) {
      at->held = true;
      return;
    }
    const bool told = at->told_lost;
    rounds_.erase(at);
    if (told) return;
  }
  report(probe);
}

void PacedProber::set_carrying(bool carries) {
  all_->set_carrying(carries);
  for (const Target& target : each_) target.prober->set_carrying(carries);
}

Prober::Counts PacedProber::counts() const {
  Prober::Counts out = all_->counts();
  for (const Target& target : each_) {
    const Prober::Counts more = target.prober->counts();
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].asked += more[i].asked;
      out[i].answered += more[i].answered;
      out[i].bytes += more[i].bytes;
    }
  }
  return out;
}

// ---------------------------------------------------------------- one after the other

// Whether an answer is overdue at another moment than its prober says.
bool PacedProber::limited() const { return pace_.limit > Duration(0) && pace_.limit != timeout_; }

void PacedProber::ask(Target& target) {
  const auto index = static_cast<std::size_t>(&target - each_.data());
  // One that is asked again before that is overdue since it was asked first.
  if (limited() && !target.overdue.active()) {
    target.doubted = false;
    target.overdue = loop_.after(pace_.limit, [this, index] { overdue(each_[index]); });
    const Duration usual = std::max(target.time.usual_most().value_or(pace_.limit), kLeastUsual);
    if (target.heard && usual < pace_.limit) {
      target.unusual = loop_.after(usual, [this, index] {
        each_[index].unusual.reset();
        doubt(each_[index]);
      });
    }
  }
  target.prober->round();
}

void PacedProber::overdue(Target& target) {
  target.overdue.reset();
  if (!std::exchange(target.held, false)) ++target.told;
  heard_one(static_cast<std::size_t>(&target - each_.data()),
            {.sent = 1, .answered = 0, .ok = false});
}

// As its prober says: an answer, or that there was none in time.
void PacedProber::heard_from(std::size_t index, const fact::Probe& probe) {
  Target& target = each_[index];
  if (probe.ok) {
    const bool late = probe.rtt && *probe.rtt > timeout_;
    if (late && !target.held) return;
    if (!late && target.told > 0) --target.told;
    target.held = false;
  } else {
    if (target.told > 0) {
      --target.told;
      return;
    }
    target.held = target.overdue.active() && !probe.complete;
    if (target.held) return;
    target.unusual.reset();
    target.overdue.reset();
  }
  heard_one(index, probe);
}

void PacedProber::doubt(Target& target) {
  target.doubted = true;
  begin_round(true);
  look_in_doubt();
}

// It was only late.
void PacedProber::trust(Target& target) {
  target.unusual.reset();
  target.overdue.reset();
  if (!std::exchange(target.doubted, false)) return;
  for (Round& round : rounds_) round.confirms = false;
  end_doubt();
}

void PacedProber::heard_one(std::size_t index, const fact::Probe& probe) {
  // Once the pace is another, whole rounds tell more; an answer that comes late is still one.
  if (pace_.interval <= Duration(0)) return;
  if (!pace_.in_turn && !probe.ok) return;
  Target& target = each_[index];
  if (probe.ok) {
    if (probe.rtt) target.time.add(*probe.rtt);
    trust(target);
  }
  const bool heard_before = std::exchange(target.heard, probe.ok);
  const bool others =
      std::ranges::any_of(each_, [&](const Target& t) { return &t != &target && t.heard; });
  if (!probe.ok && !heard_before && others) return;
  if (!probe.ok) {
    if (!std::exchange(target.doubted, false)) {
      begin_round(true);
      look();
    } else if (!std::exchange(look_in_doubt_, false) && !look_.active()) {
      look();  // it was called off, for others have answered
    }
    return;
  }
  if (!heard_before) look();
  fact::Probe told = probe;
  told.silent = silent_;
  report(told);
}

// Whoever is told may destroy this: nothing of it is touched afterwards.
void PacedProber::report(const Fact& fact) {
  const Report report = report_;
  report(fact);
}

}  // namespace mwan::failover
