// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: how often the links are probed. Evidence decides: seldom while a link is well, whether it
// is quiet or carries traffic that is answered; fast as soon as anything speaks against it.
#include <algorithm>

#include "failover/core/engine.hpp"

namespace mwan::failover {

// Data of a metered link is not spent on knowing what nobody needs at the moment.
bool Engine::thrifty(LinkId link) const {
  const LinkVerdict verdict = slot(link).now.verdict;
  return link_policy(link).metered && active_ && active_ != link &&
         (verdict == LinkVerdict::Good || verdict == LinkVerdict::Down) &&
         slot(*active_).now.verdict == LinkVerdict::Good;
}

// Whether a link is being tried that may be wanted soon: one that came back, for its stability
// time.
bool Engine::on_trial(LinkId link) const {
  const LinkSlot& s = slot(link);
  return s.now.verdict == LinkVerdict::Down ||
         (s.now.verdict == LinkVerdict::Good && link != active_ && !well_for_long(link));
}

// What the active link is decides how the metered ones are probed.
void Engine::tend_metered() {
  for (std::uint16_t i = 0; i < count(); ++i) {
    if (link_policy(LinkId{i}).metered) tend_pace(LinkId{i});
  }
}

void Engine::tend_pace(LinkId link) {
  LinkSlot& s = slot(link);
  const ProbePolicy& probe = link_policy(link).probe;
  SetProbing pace{.link = link, .interval = {}, .limit = probe.timeout, .in_turn = false};
  if (s.health.addressed() && !s.maintenance) {
    const bool in_doubt = s.now.verdict == LinkVerdict::Suspect ||
                          s.now.verdict == LinkVerdict::Unproven || s.health.settling();
    if (in_doubt) {
      pace.interval = probe.fast_interval;
      pace.limit = s.health.answer_limit();
    } else if (thrifty(link)) {
      pace.interval = probe.metered_interval;
      pace.in_turn = true;
    } else if (on_trial(link)) {
      pace.interval = std::min(probe.retry_interval, probe.interval);
    } else {
      pace.interval = probe.interval;
      pace.limit = s.health.answer_limit();
      pace.in_turn = true;
    }
  }
  // The limit follows the answers by and by: only what makes a difference is told.
  const Duration apart =
      pace.limit > s.pace.limit ? pace.limit - s.pace.limit : s.pace.limit - pace.limit;
  if (pace.interval == s.pace.interval && pace.in_turn == s.pace.in_turn &&
      apart * 4 <= s.pace.limit) {
    return;
  }
  s.pace = pace;
  out_.emplace_back(pace);
}

// A flow that ends may be its own end or the link's; one round tells, and is no reason for doubt.
void Engine::probe_ended_flow(LinkId link, const Fact& fact) {
  const auto* traffic = std::get_if<fact::Traffic>(&fact);
  if (traffic == nullptr || traffic->flow != fact::Flow::Silent) return;
  const LinkSlot& s = slot(link);
  if (s.now.verdict == LinkVerdict::Good && policy_.evidence == Evidence::All && !thrifty(link)) {
    out_.emplace_back(ProbeNow{link});
  }
}

}  // namespace mwan::failover
