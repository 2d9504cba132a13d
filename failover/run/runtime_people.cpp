// SPDX-License-Identifier: LGPL-2.1-or-later
// Runtime: what people ask and decide.
#include <utility>

#include "failover/run/runtime.hpp"
#include "failover/run/runtime_link.hpp"

namespace mwan::failover {

void Runtime::set_manual(NamedManual manual, std::function<void(const NamedManual&)> keep) {
  manual_ = std::move(manual);
  keep_ = std::move(keep);
}

std::vector<std::string> Runtime::names() const {
  std::vector<std::string> out;
  out.reserve(links_.size());
  for (const auto& l : links_) out.push_back(l->profile.name);
  return out;
}

void Runtime::keep_manual(const ManualChange& change) {
  manual_ = named(change.manual, names(), manual_);
  unkept_ = true;
}

CommandAnswer Runtime::command(CommandKind kind, const std::string& link) {
  if (stopping_) return {.accepted = false, .words = "the daemon is ending"};
  if (!engine_) return {.accepted = false, .words = "there is no link yet"};
  Command command{.kind = kind, .link = {}};
  if (!link.empty()) {
    const auto known = names();
    command.link = link_named(known, link);
    if (!command.link) {
      std::string all;
      for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
      return {.accepted = false, .words = "no link is named " + link + "; there are: " + all};
    }
  }
  answer_.reset();
  feed(command);
  // Events wait only while others are being taken, which is never when somebody asks.
  return answer_.value_or(
      CommandAnswer{.accepted = false, .words = "the daemon is busy; ask again"});
}

RuntimeStatus Runtime::status() const {
  RuntimeStatus out;
  out.paused = manual_.paused;
  if (!engine_) return out;
  out.state = engine_->state();
  if (const auto active = engine_->active()) out.active = links_.at(active->index)->profile.name;
  out.preferred = links_.at(engine_->primary().index)->profile.name;
  const Manual manual = engine_->manual();
  if (manual.held) out.held = links_.at(manual.held->index)->profile.name;
  std::uint16_t index = 0;
  for (const auto& l : links_) {
    const Engine::Standing standing = engine_->standing(LinkId{index++});
    LinkStatus& link = out.links.emplace_back();
    link.name = l->profile.name;
    link.kind = l->profile.kind;
    link.netdev = l->netdev.empty() ? l->profile.netdev : l->netdev;
    link.priority = l->profile.priority;
    link.standby = l->profile.standby;
    link.metered = l->profile.metered;
    link.verdict = standing.verdict;
    link.reason = standing.words;
    if (l->since != Instant()) link.lasting = Loop::now() - l->since;
    link.risk = standing.risk;
    link.maintenance = standing.maintenance;
    if (l->config) {
      for (const auto& family : {l->config->v4, l->config->v6}) {
        if (family) link.addresses.push_back(family->address);
      }
    }
    for (const auto& [rat, sample] : l->facts.signal()) {
      if (!sample.empty()) link.signal.push_back(sample);
    }
    link.registration = l->facts.registration();
  }
  return out;
}

}  // namespace mwan::failover
