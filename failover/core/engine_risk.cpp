// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: judging risk. When the links are compared, and whether moving the traffic pays.
#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "failover/core/best_link.hpp"
#include "failover/core/engine.hpp"

namespace mwan::failover {
namespace {

// A modem's messages about one moment follow each other within it.
constexpr Duration judge_after = 20ms;

}  // namespace

// A modem tells one moment in several facts: risks are compared when it has said all of it. Probes
// speak of the whole last second, so that comparing on every one of them would only add noise.
void Engine::judge_soon(const Fact& fact) {
  Instant at = now_ + judge_after;
  if (std::holds_alternative<fact::Probe>(fact)) {
    if (judged_) at = std::max(at, *judged_ + 1s);
  } else if (!std::holds_alternative<SignalSample>(fact) &&
             !std::holds_alternative<CellReport>(fact)) {
    return;
  }
  if (!judge_at_ || *judge_at_ <= now_ || at < *judge_at_) judge_at_ = at;
}

bool Engine::at_risk(LinkId active, std::optional<LinkId>& target) const {
  const Assessment& mine = slot(active).now;
  if (mine.verdict != LinkVerdict::Suspect || within_dwell() || !judging_) return false;
  target = cheapest_target(active);
  return target && mine.cost - slot(*target).now.cost > price();
}

// Of the links that answer, the one that promises to lose least; by priority among equals.
std::optional<LinkId> Engine::cheapest_target(LinkId leaving) const {
  using Rank = std::pair<double, int>;
  return best_link(count(), [&](LinkId link) -> std::optional<Rank> {
    const Assessment& a = slot(link).now;
    if (link == leaving || avoided(link)) return std::nullopt;
    if (a.verdict != LinkVerdict::Good && a.verdict != LinkVerdict::Suspect) return std::nullopt;
    return Rank{a.cost, link_policy(link).priority};
  });
}

// What moving the traffic must save, in lost seconds: the more it was moved lately, the more.
double Engine::price() const {
  return policy_.risk.switch_price * (1 + policy_.flap_penalty * flaps());
}

double Engine::flaps() const {
  const std::chrono::duration<double> since = now_ - flapped_;
  return flaps_ * std::exp(-since / std::chrono::duration<double>(policy_.flap_memory));
}

bool Engine::within_dwell() const { return switched_ && now_ - *switched_ < policy_.dwell; }

}  // namespace mwan::failover
