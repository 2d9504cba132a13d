// SPDX-License-Identifier: LGPL-2.1-or-later
// Runtime: the probes of the links, and the traffic that speeds them up or spares them.
#include <algorithm>
#include <utility>

#include "failover/run/runtime.hpp"
#include "failover/run/runtime_link.hpp"

namespace mwan::failover {

void Runtime::set_probing(const SetProbing& wanted) {
  Link& l = link(wanted.link);
  if (!l.prober && l.config && wanted.interval > Duration(0)) {
    l.prober = make_prober(l);
    l.prober->set_carrying(engine_->active() == wanted.link);
    spare(l, wanted.link);
  }
  if (!l.prober) return;
  // Pages are asked when half of a round's time limit is over: before its end, not all had a
  // chance.
  const bool pages = std::ranges::any_of(
      l.profile.probe.targets, [](const ProbeTarget& t) { return t.kind == ProbeKind::Http; });
  l.prober->set_pace({wanted.interval,
                      pages ? std::max(l.profile.probe.policy.timeout, wanted.limit) : wanted.limit,
                      wanted.in_turn});
}

// Targets that take turns: those that are cheap and speak of the internet. What the others have to
// say, and what a budget allows, is known to the prober of all of them.
std::unique_ptr<PacedProber> Runtime::make_prober(const Link& l) {
  const auto make = [this, &l](const Profile& profile) {
    return [this, &l, profile](const Prober::Report& report) {
      return workshop_.prober(profile, l.netdev, *l.config, report);
    };
  };
  const bool paid = l.profile.metered && l.profile.probe.budget_mb > 0;
  // One of a family that the link has not would be silent whenever it is its turn.
  const auto reachable = [&l](const ProbeTarget& target) {
    if (!target.address) return true;
    return target.address->family() == IpFamily::V4 ? l.config->v4.has_value()
                                                    : l.config->v6.has_value();
  };
  std::vector<PacedProber::Make> each;
  bool others = false;
  for (const auto& target : l.profile.probe.targets) {
    if (!reachable(target)) continue;
    const bool cheap = target.kind != ProbeKind::Http && target.kind != ProbeKind::Gateway;
    if (paid || !cheap) {
      others = true;
      continue;
    }
    Profile one = l.profile;
    one.probe.targets = {target};
    one.probe.quorum = 1;
    each.emplace_back(make(one));
  }
  return std::make_unique<PacedProber>(
      loop_, l.profile.probe.policy.timeout,
      PacedProber::Makes{.all = make(l.profile), .each = std::move(each), .others = others},
      [this, from = &l](const Fact& fact) { heard(from, fact); });
}

void Runtime::heard(const Link* from, const Fact& fact) {
  const auto* probe = std::get_if<fact::Probe>(&fact);
  if (probe != nullptr && probe->rtt && from->traffic) from->traffic->round_trip(*probe->rtt);
  from_driver(from, fact);
}

void Runtime::watch_traffic(Link& l) {
  l.traffic.reset();
  l.flow.reset();
  if (!workshop_.traffic || !l.config) return;
  const Link* raw = &l;
  // A question and its answer are a packet each but for the kinds that hold conversations.
  const auto own = [raw] {
    TrafficWatch::OwnPackets out;
    if (!raw->prober) return out;
    const Prober::Counts counts = raw->prober->counts();
    for (const ProbeKind kind : {ProbeKind::Icmp, ProbeKind::Dns, ProbeKind::Gateway}) {
      out.sent += counts.at(static_cast<std::size_t>(kind)).asked;
      out.received += counts.at(static_cast<std::size_t>(kind)).answered;
    }
    return out;
  };
  l.traffic = workshop_.traffic(l.netdev,
                                {.fact = [this, raw](const Fact& fact) { from_driver(raw, fact); },
                                 .own = own,
                                 .idle =
                                     [raw] {
                                       // Where probes cost nothing they ask often enough.
                                       if (raw->driver && raw->profile.metered) {
                                         raw->driver->look_closer();
                                       }
                                     },
                                 .thinned =
                                     [raw] {
                                       if (raw->prober) raw->prober->look();
                                     }});
}

// Which of the links carries the traffic; the others' probes may have to be paid for.
void Runtime::tell_probers() {
  if (carries_ == engine_->active()) return;
  carries_ = engine_->active();
  std::uint16_t index = 0;
  for (const auto& link : links_) {
    const LinkId id{index++};
    if (link->prober) link->prober->set_carrying(carries_ == id);
    spare(*link, id);
  }
}

// Who carries the traffic and has none is found dead by nothing but probes.
void Runtime::spare(Link& l, LinkId id) {
  if (l.prober) l.prober->set_sparing(engine_->active() != id || l.flow == fact::Flow::Answered);
}

}  // namespace mwan::failover
