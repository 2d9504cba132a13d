// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/runtime.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>

#include "failover/run/runtime_link.hpp"
#include "hal/wait.hpp"

namespace mwan::failover {
namespace {

const char* text(LinkVerdict verdict) {
  switch (verdict) {
    case LinkVerdict::Down:
      return "down";
    case LinkVerdict::Ready:
      return "ready";
    case LinkVerdict::Unproven:
      return "unproven";
    case LinkVerdict::Suspect:
      return "suspect";
    case LinkVerdict::Good:
      return "good";
  }
  return "unknown";
}

bool same_hardware(const Profile& a, const Profile& b) {
  if (!a.netdev.empty() && a.netdev == b.netdev) return true;
  if (a.kind != b.kind) return false;
  // Which devices those with a match have is not known here: better to wait.
  if (!a.match.empty() || !b.match.empty()) return true;
  return a.kind == LinkKind::Modem && a.modem.device == b.modem.device;
}

// The same hardware used in the same way: the driver can go on.
bool same_link(const Profile& a, const Profile& b) {
  return a.name == b.name && a.kind == b.kind && a.netdev == b.netdev && a.match == b.match &&
         a.families == b.families && a.ipv6 == b.ipv6 && a.ethernet == b.ethernet &&
         a.modem == b.modem && a.pppoe == b.pppoe;
}

}  // namespace

Runtime::Runtime(Loop& loop, Workshop workshop, Plumbing& plumbing, Host& host, DecisionLog& log)
    : loop_(loop), workshop_(std::move(workshop)), plumbing_(plumbing), host_(host), log_(log) {}

Runtime::~Runtime() = default;

// ---------------------------------------------------------------- configurations come and go

void Runtime::start(const Configuration& configuration, const std::string& resume, double penalty) {
  std::optional<LinkId> resumed;
  const auto count = static_cast<std::uint16_t>(configuration.profiles.size());
  for (std::uint16_t i = 0; i < count; ++i) {
    links_.push_back(std::make_unique<Link>(configuration.profiles[i], i));
    if (!resume.empty() && configuration.profiles[i].name == resume) resumed = LinkId{i};
  }
  begin(configuration, resumed, penalty);
}

void Runtime::reload(const Configuration& configuration) {
  if (!engine_) {
    start(configuration, "");
    return;
  }
  const auto active = engine_->active();
  const Link* active_link = active ? &link(*active) : nullptr;

  std::vector<std::unique_ptr<Link>> old = std::exchange(links_, {});
  for (const Profile& profile : configuration.profiles) {
    const auto same = std::ranges::find_if(
        old, [&](const auto& l) { return l && same_link(l->profile, profile); });
    links_.push_back(same == old.end() ? nullptr : std::move(*same));
    if (links_.back()) {
      links_.back()->profile = profile;
      links_.back()->prober.reset();  // its targets may be others now
    }
  }
  for (auto& gone : old) {
    if (gone) {
      if (gone.get() == active_link) active_link = nullptr;
      retire(std::move(gone));
    }
  }
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (!links_[i]) {
      links_[i] = std::make_unique<Link>(configuration.profiles[i], free_slot());
    }
  }
  std::optional<LinkId> resume;
  if (active_link != nullptr) resume = id_of(active_link);
  queue_.clear();  // answers and facts for the engine that goes
  // The next one begins with both families by one link.
  if (const auto status = plumbing_.join_families(); !status) {
    spdlog::warn("{}", status.error().text());
  }
  begin(configuration, resume, penalty());
  for (const auto& l : links_) {
    for (const Fact& fact : l->facts.all()) from_driver(l.get(), fact);
  }
}

void Runtime::begin(const Configuration& configuration, const std::optional<LinkId>& resume,
                    double penalty) {
  ++generation_;
  Policy policy = make_policy(configuration);
  log_.begin(policy, Loop::now());
  if (observer_ != nullptr) observer_->begun(Loop::now(), policy);
  engine_ = std::make_unique<Engine>(std::move(policy));
  Start start{.resume = resume, .penalty = penalty, .manual = {}};
  if (!manual_.none()) start.manual = numbered(manual_, names());
  feed(std::move(start));
}

std::uint16_t Runtime::free_slot() const {
  std::set<std::uint16_t> used;
  for (const auto& l : links_) {
    if (l) used.insert(l->slot.number);
  }
  for (const auto& l : retired_) used.insert(l->slot.number);
  std::uint16_t number = 0;
  while (used.contains(number)) ++number;
  return number;
}

void Runtime::retire(std::unique_ptr<Link> gone) {
  spdlog::info("{}: no longer in the configuration, stopping it", gone->profile.name);
  gone->prober.reset();
  gone->traffic.reset();
  if (const auto status = plumbing_.withdraw(gone->slot); !status) {
    spdlog::warn("{}: {}", gone->profile.name, status.error().text());
  }
  std::erase_if(retired_, [](const auto& l) { return !l->job.running(); });
  Link* raw = gone.get();
  retired_.push_back(std::move(gone));
  release(*raw);
}

void Runtime::prepare(Link& l) {
  l.wanted = true;
  // While the last driver of this hardware is still stopping, the new one waits.
  const bool busy = l.job.running() || std::ranges::any_of(retired_, [&](const auto& old) {
                      return old->job.running() && same_hardware(old->profile, l.profile);
                    });
  if (busy) return;
  if (!l.driver) l.driver = workshop_.driver(l.profile);
  if (!l.profile.netdev.empty()) note_device(l, l.profile.netdev);
  l.driver->set_level(l.level);
  const Link* raw = &l;
  l.driver->start([this, raw](const Fact& fact) { from_driver(raw, fact); });
}

void Runtime::note_device(const Link& l, const std::string& netdev) {
  if (l.profile.hosts_own) return;
  if (const auto status = plumbing_.note(netdev, l.profile.learns_ipv6()); !status) {
    spdlog::warn("{}: {}", l.profile.name, status.error().text());
  }
}

void Runtime::release_devices(const Link& l) {
  if (l.profile.hosts_own) return;
  for (const std::string& netdev : {l.profile.netdev, l.netdev}) {
    if (netdev.empty()) continue;
    if (const auto status = plumbing_.release(netdev); !status) {
      spdlog::warn("{}: {}", l.profile.name, status.error().text());
    }
  }
}

void Runtime::release(Link& l) {
  l.wanted = false;
  if (!l.driver || l.job.running()) return;
  l.job.start(stop_driver(l));
}

Task<void> Runtime::stop_driver(Link& l) {
  co_await l.driver->stop();
  // From the loop: it may be the driver that is telling something right now.
  loop_.post([gone = std::shared_ptr<LinkDriver>(std::move(l.driver))] {});
  l.facts = LinkFacts{};
  release_devices(l);
  // From outside this task, which prepare() would take for running.
  prepare_soon_ = loop_.soon([this] { prepare_waiting(); });
}

void Runtime::prepare_waiting() {
  if (stopping_) return;
  for (const auto& l : links_) {
    if (l->wanted && !l->driver) prepare(*l);
  }
}

Task<void> Runtime::stop() {
  stopping_ = true;
  timer_.reset();
  queue_.clear();
  for (auto& l : links_) {
    l->prober.reset();
    l->traffic.reset();
    release(*l);
  }
  const auto busy = [this] {
    const auto running = [](const auto& l) { return l->job.running(); };
    return std::ranges::any_of(links_, running) || std::ranges::any_of(retired_, running);
  };
  const Cancel never;
  while (busy()) co_await pause(loop_, never, std::chrono::milliseconds(5));
}

// ---------------------------------------------------------------- events in, actions out

std::optional<LinkId> Runtime::id_of(const Link* wanted) const {
  const auto count = static_cast<std::uint16_t>(links_.size());
  for (std::uint16_t i = 0; i < count; ++i) {
    if (links_[i].get() == wanted) return LinkId{i};
  }
  return std::nullopt;
}

void Runtime::from_driver(const Link* from, const Fact& fact) {
  const auto id = id_of(from);
  if (!id || stopping_) return;  // a link that is being stopped has nothing to say any more
  Link& l = link(*id);
  l.facts.remember(fact);
  if (const auto* device = std::get_if<fact::Device>(&fact)) {
    if (device->present) {
      l.netdev = device->netdev;
      // Known only now; its driver has not set it up yet.
      if (l.profile.netdev != device->netdev) note_device(l, device->netdev);
    }
  } else if (const auto* traffic = std::get_if<fact::Traffic>(&fact)) {
    l.flow = traffic->flow;
    spare(l, *id);
  } else if (const auto* trouble = std::get_if<fact::Trouble>(&fact)) {
    const std::string again =
        trouble->retry_in ? fmt::format("; trying again in {} ms", to_ms(*trouble->retry_in)) : "";
    // Most drivers say themselves whose trouble it is.
    const std::string said = trouble->error.text();
    const std::string whose = l.profile.name + ": ";
    spdlog::warn("{}{}{}", said.starts_with(whose) ? "" : whose, said, again);
  }
  feed(Observation{*id, fact});
}

void Runtime::feed(Event event) {
  if (stopping_) return;
  queue_.push_back(std::move(event));
  drain();
}

// An action's answer may arrive while the actions before it are still being carried out; it waits
// its turn, so that the log shows the true order. The route waits for nobody: probes are asked, and
// all is written down, when nothing is left to do.
void Runtime::drain() {
  if (draining_) return;
  draining_ = true;
  std::vector<Turn> turns;
  std::vector<Action> probing;
  while (!stopping_ && (!queue_.empty() || !probing.empty())) {
    if (queue_.empty()) {
      for (const Action& action : std::exchange(probing, {})) carry_out(action);
      continue;
    }
    Turn turn{Loop::now(), std::move(queue_.front())};
    queue_.pop_front();
    turn.actions = engine_->step(turn.at, turn.event);
    turn.active = engine_->active();
    tell_probers();
    for (const Action& action : turn.actions) {
      const bool asks =
          std::holds_alternative<SetProbing>(action) || std::holds_alternative<ProbeNow>(action);
      if (auto words = words_of(action); !words.empty()) turn.words.push_back(std::move(words));
      if (asks) {
        probing.push_back(action);
      } else {
        carry_out(action);
      }
    }
    turns.push_back(std::move(turn));
  }
  draining_ = false;
  // When everything was done that follows from it: the route should not wait for the disk.
  if (std::exchange(unkept_, false) && keep_) keep_(manual_);
  arm_timer();
  for (const Turn& turn : turns) {
    log_.record(turn.at, turn.event, turn.actions);
    for (const std::string& words : turn.words) spdlog::info("{}", words);
    if (observer_ != nullptr) observer_->stepped(turn.at, turn.event, turn.actions, turn.active);
  }
}

void Runtime::arm_timer() {
  timer_.reset();
  if (stopping_) return;
  if (const auto at = engine_->deadline()) {
    const Duration wait = std::max(Duration(0), *at - Loop::now());
    timer_ = loop_.after(wait, [this] { feed(TimerFired{}); });
  }
}

void Runtime::carry_out(const Action& action) {
  if (const auto* wanted_link = std::get_if<PrepareLink>(&action)) {
    Link& l = link(wanted_link->link);
    l.level = wanted_link->level;
    prepare(l);
  } else if (const auto* unused = std::get_if<ReleaseLink>(&action)) {
    release(link(unused->link));
  } else if (const auto* wanted = std::get_if<ApplyConfig>(&action)) {
    apply(*wanted);
  } else if (const auto* gone = std::get_if<WithdrawConfig>(&action)) {
    Link& l = link(gone->link);
    l.prober.reset();
    l.traffic.reset();
    l.config.reset();
    if (const auto status = plumbing_.withdraw(l.slot); !status) {
      spdlog::warn("{}: {}", l.profile.name, status.error().text());
    }
  } else if (const auto* pace = std::get_if<SetProbing>(&action)) {
    set_probing(*pace);
  } else if (const auto* family = std::get_if<RouteFamily>(&action)) {
    route_family(*family);
  } else if (const auto* now = std::get_if<ProbeNow>(&action)) {
    if (link(now->link).prober) link(now->link).prober->round();
  } else if (const auto* verdict = std::get_if<VerdictChange>(&action)) {
    // The driver's word may come before the probes have decided.
    Link& l = link(verdict->link);
    l.since = Loop::now();
    if (verdict->verdict == LinkVerdict::Suspect && l.driver) l.driver->look_closer();
  } else if (const auto* step = std::get_if<RunStep>(&action)) {
    run_step(*step);
  } else if (const auto* answer = std::get_if<CommandAnswer>(&action)) {
    answer_ = *answer;
  } else if (const auto* manual = std::get_if<ManualChange>(&action)) {
    keep_manual(*manual);
  }
}

void Runtime::apply(const ApplyConfig& wanted) {
  Link& l = link(wanted.link);
  ConfigApplied answer{wanted.link, std::nullopt};
  if (const auto status = plumbing_.apply(l.slot, l.netdev, wanted.config); status) {
    l.config = wanted.config;
  } else {
    answer.error = status.error();
    l.config.reset();
    spdlog::error("{}: {}", l.profile.name, status.error().text());
  }
  l.prober.reset();  // it is bound to the addresses before
  watch_traffic(l);
  feed(answer);
}

void Runtime::route_family(const RouteFamily& wanted) {
  const PlumbingSlot* by = wanted.by ? &link(*wanted.by).slot : nullptr;
  if (const auto status = plumbing_.route_family(wanted.family, by); !status) {
    spdlog::error("{}", status.error().text());
  }
}

void Runtime::run_step(const RunStep& wanted) {
  HostStep step{.step = wanted.step};
  if (wanted.from) step.from = link(*wanted.from).slot;
  if (wanted.to) step.to = link(*wanted.to).slot;
  step.to_primary = wanted.to == engine_->primary();
  const unsigned generation = generation_;
  host_.run(step, [this, wanted, generation](std::optional<Error> error) {
    if (generation != generation_) return;
    feed(StepResult{wanted.step, std::move(error)});
  });
}

double Runtime::risk(LinkId id) const {
  return engine_->health(id).assess(Loop::now(), engine_->policy().risk).risk;
}

std::vector<RiskPart> Runtime::risk_parts(LinkId id) const {
  return engine_->health(id).parts(Loop::now(), engine_->policy().risk);
}

Prober::Counts Runtime::probe_counts(LinkId id) const {
  const auto& prober = links_.at(id.index)->prober;
  return prober ? prober->counts() : Prober::Counts{};
}

// ---------------------------------------------------------------- words

std::string Runtime::words_of(const Action& action) const {
  const auto name_of = [this](LinkId id) -> const std::string& {
    return links_.at(id.index)->profile.name;
  };
  if (const auto* change = std::get_if<StateChange>(&action)) {
    return fmt::format("{} -> {}: {}", name(change->from), name(change->to), change->reason);
  }
  if (const auto* verdict = std::get_if<VerdictChange>(&action)) {
    // What the probes say beside it, where the verdict is theirs.
    const auto& prober = links_.at(verdict->link.index)->prober;
    const bool doubted =
        verdict->verdict == LinkVerdict::Suspect || verdict->verdict == LinkVerdict::Down;
    const std::string beside = doubted && prober && !prober->last_failure().empty()
                                   ? " (" + prober->last_failure() + ")"
                                   : "";
    return fmt::format("{} is {}: {}{}", name_of(verdict->link), text(verdict->verdict),
                       verdict->reason, beside);
  }
  if (const auto* manual = std::get_if<ManualChange>(&action)) {
    return fmt::format("decided by hand: {}{}", manual->reason,
                       manual_.none() ? "" : "; in force: " + manual_.words());
  }
  if (const auto* family = std::get_if<RouteFamily>(&action)) {
    return fmt::format("default route of {} {}: {}",
                       family->family == IpFamily::V4 ? "IPv4" : "IPv6",
                       family->by ? "to " + name_of(*family->by) : "withdrawn", family->reason);
  }
  const auto* step = std::get_if<RunStep>(&action);
  const bool moves = step != nullptr && step->step == Step::ActivateLink && step->to;
  return moves ? "default route to " + name_of(*step->to) : "";
}

}  // namespace mwan::failover
