// SPDX-License-Identifier: LGPL-2.1-or-later
// Engine: address families that do not go with the others.
#include <algorithm>
#include <utility>

#include "failover/core/best_link.hpp"
#include "failover/core/engine.hpp"

namespace mwan::failover {
namespace {

constexpr std::array<IpFamily, 2> both = {IpFamily::V4, IpFamily::V6};

std::size_t index(IpFamily family) { return family == IpFamily::V4 ? 0 : 1; }
const char* text(IpFamily family) { return family == IpFamily::V4 ? "IPv4" : "IPv6"; }

}  // namespace

// carrier: the link that has, or is about to get, the default route. Where nothing is out of the
// ordinary there is nothing to say: a family that the link does not have goes with its activation.
void Engine::tend_families(LinkId carrier) {
  if (!slot(carrier).health.addressed()) return;
  for (const IpFamily family : both) {
    auto& exception = exceptions_.at(index(family));
    const std::optional<LinkId> now = exception ? *exception : std::optional(carrier);
    const std::optional<LinkId> wanted = family_carrier(family, carrier);
    if (now == wanted) continue;
    exception = wanted;
    if (wanted == active_) exception.reset();
    out_.emplace_back(RouteFamily{family, wanted, why_family(family, carrier)});
  }
}

std::optional<LinkId> Engine::family_carrier(IpFamily family, LinkId active) const {
  const LinkHealth& health = slot(active).health;
  const bool silent = health.silent() == family;
  if (health.has(family) && !silent) return active;
  if (policy_.families == Families::Apart) {
    // Where it is already it stays: a change costs every connection.
    const auto& exception = exceptions_.at(index(family));
    if (exception && *exception && **exception != active && may_carry(**exception, family)) {
      return *exception;
    }
    using Rank = std::pair<bool, int>;
    const auto best = best_link(count(), [&](LinkId link) -> std::optional<Rank> {
      if (link == active || !may_carry(link, family)) return std::nullopt;
      return Rank{slot(link).now.verdict != LinkVerdict::Good, link_policy(link).priority};
    });
    if (best) return best;
  }
  // Without a route applications turn to IPv4 at once; with one they wait for answers. IPv4 has
  // nothing to turn to.
  if (silent && family == IpFamily::V6) return std::nullopt;
  return active;
}

bool Engine::may_carry(LinkId link, IpFamily family) const {
  const LinkSlot& s = slot(link);
  return s.health.has(family) && s.health.silent() != family &&
         (s.now.verdict == LinkVerdict::Good || s.now.verdict == LinkVerdict::Suspect);
}

std::string Engine::why_family(IpFamily family, LinkId active) const {
  const LinkHealth& health = slot(active).health;
  const std::string what = name_of(active) + ": " + text(family);
  if (!health.has(family)) return what + " is not there";
  return what + (health.silent() == family ? " gets no answer" : " answers");
}

bool Engine::carries_a_family(LinkId link) const {
  return std::ranges::any_of(
      exceptions_, [link](const auto& exception) { return exception && *exception == link; });
}

}  // namespace mwan::failover
