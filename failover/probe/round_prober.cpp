// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/round_prober.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "failover/probe/dns_asker.hpp"
#include "failover/probe/gateway_asker.hpp"
#include "failover/probe/http_asker.hpp"
#include "failover/probe/icmp_asker.hpp"
#include "failover/probe/tcp_asker.hpp"

namespace mwan::failover {
namespace {

using std::chrono_literals::operator""s;

// How soon it is seen that somebody has logged in.
constexpr Duration kPortalInterval = 5s;
// So many times in a row nobody says what would tell a portal: then it is no longer known of.
constexpr int kPortalGone = 3;

// Echoes come back in their order, but for paths that change; the others are made by programs.
std::optional<Duration> overtakes(ProbeKind kind) {
  constexpr Duration kApart = std::chrono::milliseconds(50);
  return kind == ProbeKind::Icmp ? std::optional(kApart) : std::nullopt;
}

std::string names(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}

}  // namespace

// ---------------------------------------------------------------- targets

RoundProber::RoundProber(Loop& loop, ProberConfig config, Report report)
    : loop_(loop),
      config_(std::move(config)),
      report_(std::move(report)),
      families_(config_.family_down, config_.family_up),
      portal_(config_.targets.size()) {
  for (const ProbeTarget& target : config_.targets) add_target(target);
  windows_.assign(targets_.size(), TargetWindow(config_.window));
  gateway_only_ = std::ranges::all_of(
      targets_, [](const Target& t) { return t.target.kind == ProbeKind::Gateway; });
  cheap_ones_ = std::ranges::any_of(targets_, [](const Target& t) {
    return t.target.kind != ProbeKind::Gateway && t.target.kind != ProbeKind::Http;
  });
  http_ones_ = std::ranges::any_of(
      targets_, [](const Target& t) { return t.target.kind == ProbeKind::Http; });
  if (config_.budget_bytes > 0) budget_.emplace(config_.budget_bytes, Loop::now());
}

void RoundProber::add_target(const ProbeTarget& target) {
  auto asker = make_asker(
      target, [this](std::uint32_t question, const Outcome& outcome) { heard(question, outcome); });
  if (asker) {
    targets_.push_back({.target = target,
                        .asker = std::move(asker),
                        .questions = InOrder(overtakes(target.kind))});
  } else {
    left_out_ += (left_out_.empty() ? "" : ", ") + target.text();
  }
}

std::optional<IpAddress> RoundProber::gateway() const {
  if (config_.gateway_v4 && config_.link.source_v4) return config_.gateway_v4;
  return config_.link.source_v6 ? config_.gateway_v6 : std::nullopt;
}

std::vector<NameServer> RoundProber::servers_of(const ProbeTarget& target) const {
  std::vector<NameServer> out;
  if (target.kind == ProbeKind::Dns && target.address) {
    out.push_back({*target.address, target.port});
  } else {
    for (const IpAddress& server : config_.name_servers) out.push_back({server, 53});
  }
  std::erase_if(out,
                [this](const NameServer& s) { return !config_.link.source(s.address.family()); });
  return out;
}

// Null: this link cannot ask it.
std::unique_ptr<Asker> RoundProber::make_asker(const ProbeTarget& target, Asker::Heard heard) {
  const LinkBinding& link = config_.link;
  const auto servers = servers_of(target);
  const bool by_name =
      target.kind == ProbeKind::Dns || (target.kind == ProbeKind::Http && !target.address);
  if (by_name && servers.empty()) return nullptr;
  if (target.address && !link.source(target.address->family())) return nullptr;
  const IpAddress address = target.address.value_or(IpAddress());
  switch (target.kind) {
    case ProbeKind::Icmp:
      return std::make_unique<IcmpAsker>(loop_, link, address, std::move(heard));
    case ProbeKind::Tcp:
      return std::make_unique<TcpAsker>(loop_, link, address, target.port, std::move(heard));
    case ProbeKind::Dns:
      return std::make_unique<DnsAsker>(loop_, link, target.host, servers, config_.timeout,
                                        std::move(heard));
    case ProbeKind::Http:
      return std::make_unique<HttpAsker>(loop_, link, target, servers, config_.ca_file,
                                         config_.timeout, std::move(heard));
    case ProbeKind::Gateway:
      if (const auto hop = gateway()) {
        return std::make_unique<GatewayAsker>(loop_, link, *hop, std::move(heard));
      }
      return nullptr;
  }
  return nullptr;
}

// ---------------------------------------------------------------- pace

void RoundProber::set_interval(Duration interval) {
  interval = std::max(interval, Duration(0));
  if (interval == interval_) return;
  interval_ = interval;
  if (interval > Duration(0)) {
    due_ = Loop::now();
    pace_ = loop_.soon([this] { tick(); });
    return;
  }
  pace_.reset();
  rounds_.clear();
  for (const auto& [number, question] : questions_) {
    targets_[question.target].asker->forget(number);
  }
  questions_.clear();
  for (Target& target : targets_) target.questions.clear();
  facts_.clear();
  delivery_.reset();
}

void RoundProber::tick() {
  due_ += interval_;
  const Instant now = Loop::now();
  // Late by a whole round or more: go on from here.
  if (due_ <= now) due_ = now + interval_;
  pace_ = loop_.after(due_ - now, [this] { tick(); });
  round();
}

// ---------------------------------------------------------------- a round

// Whether its answer counts for the quorum.
bool RoundProber::counts(const Target& target) const {
  return target.target.kind != ProbeKind::Gateway || gateway_only_;
}

FamilyWatch::Round* RoundProber::family_of(const Target& target, Round& round) {
  if (!target.target.address || target.target.kind == ProbeKind::Gateway) return nullptr;
  return &round.families.at(target.target.address->family() == IpFamily::V4 ? 0 : 1);
}

bool RoundProber::has_turn(const Target& target, bool broke) const {
  if (target.target.kind == ProbeKind::Gateway) return true;
  if (broke) return false;
  if (target.target.kind != ProbeKind::Http || !cheap_ones_ || last_lost_ || !http_asked_)
    return true;
  const bool captive = told_portal_ && told_portal_->captive;
  const Duration interval =
      captive ? std::min(config_.http_interval, kPortalInterval) : config_.http_interval;
  return Loop::now() - *http_asked_ >= interval;
}

void RoundProber::round() {
  const bool saving = broke();
  std::vector<std::size_t> turn;
  std::uint16_t counted = 0;
  bool http = false;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (!has_turn(targets_[i], saving)) continue;
    turn.push_back(i);
    if (counts(targets_[i]) || saving) ++counted;
    http = http || targets_[i].target.kind == ProbeKind::Http;
  }
  if (saving && turn.empty()) return;
  const Instant now = Loop::now();
  if (http) http_asked_ = now;
  const std::uint32_t number = ++last_round_;
  Round& round = rounds_.try_emplace(number, Round{.tally = ProbeRound(counted, config_.quorum)})
                     .first->second;
  round.begun = now;
  round.asked = turn;
  round.only_bad_news = saving;
  if (counted == 0) {
    round.failure = fmt::format(
        "probes of {}: no target that the link can ask (it lacks the address family, the gateway "
        "or "
        "the name servers for: {})",
        config_.link.netdev, left_out_);
  }
  for (const std::size_t index : turn) ask(number, round, index);
  // Decided already when hardly anything could be sent; not from inside this call all the same.
  const Duration limit = round.tally.verdict() ? Duration(0) : config_.timeout;
  round.limit = loop_.after(limit, [this, number] { time_is_over(number); });
  if (cheap_ones_ && http_ones_ && !http && !saving) {
    round.doubt = loop_.after(config_.timeout / 2, [this, number] { doubt(number); });
  }
}

// Nobody has answered for long: perhaps it is only those who were asked.
void RoundProber::doubt(std::uint32_t number) {
  const auto at = rounds_.find(number);
  if (at == rounds_.end() || at->second.tally.verdict()) return;
  const Instant now = Loop::now();
  // One that is on its way will do for this round as well.
  if (http_asked_ && now - *http_asked_ < config_.timeout / 2) return;
  http_asked_ = now;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].target.kind != ProbeKind::Http) continue;
    at->second.asked.push_back(i);
    ask(number, at->second, i);
  }
}

// An HTTP target has answered: that holds for all rounds that are waiting.
void RoundProber::credit(std::size_t index) {
  for (auto& [number, round] : rounds_) {
    if (round.judged || round.only_bad_news || !round.pages.insert(index).second) continue;
    round.tally.sent();
    round.tally.answered();
    if (round.tally.verdict()) judge(round);
  }
}

void RoundProber::ask(std::uint32_t number, Round& round, std::size_t index) {
  Target& target = targets_[index];
  const bool counted = counts(target) || round.only_bad_news;
  if (FamilyWatch::Round* family = family_of(target, round)) family->asked = true;
  const std::uint32_t question = ++last_question_;
  const auto sent = target.asker->ask(question);
  if (!sent) {
    if (counted) {
      round.tally.not_sent();
      round.failure = sent.error().text();
    }
    return;
  }
  ++target.asked;
  ++round.open;
  questions_[question] = {number, index};
  target.questions.asked(Loop::now(), question, round.heard);
  if (counted) round.tally.sent();
}

void RoundProber::heard(std::uint32_t number, const Outcome& outcome) {
  const auto node = questions_.extract(number);
  if (node.empty()) return;
  const auto [round_number, index] = node.mapped();
  Target& target = targets_[index];
  const Instant now = Loop::now();
  if (target.target.kind == ProbeKind::Http) hear_http(index, outcome);
  const auto at = rounds_.find(round_number);
  const bool page = target.target.kind == ProbeKind::Http && outcome.answered;
  if (page && at != rounds_.end()) at->second.pages.insert(index);
  if (page && *outcome.answered <= config_.timeout) credit(index);
  if (at == rounds_.end()) return;
  Round& round = at->second;
  --round.open;
  if (outcome.answered && counts(target)) *round.heard = true;
  enter(index, number, outcome.answered);
  if (outcome.answered) {
    ++target.answered;
    if (FamilyWatch::Round* family = family_of(target, round); family != nullptr && !round.late) {
      family->answered = true;
    }
    if (target.target.kind == ProbeKind::Gateway) round.gateway_answered = true;
    if (counts(target) || round.only_bad_news) {
      round.tally.answered();
      if (!round.rtt) round.rtt = now - round.begun;
    }
  } else if (!outcome.words.empty()) {
    round.said += fmt::format("; {}: {}", target.target.text(), outcome.words);
  }
  // All that could still answer has: waiting for the time limit would change nothing.
  if (round.tally.verdict() || round.open == 0) judge(round);
  if (round.open == 0) end(round_number);
}

// What became of a question, into its target's window.
void RoundProber::enter(std::size_t index, std::uint32_t question,
                        std::optional<Duration> answered) {
  const bool counted = counts(targets_[index]);
  const bool several = targets_.size() > 1;
  targets_[index].questions.heard(
      question, answered, [&](std::optional<Duration> outcome, bool anybody) {
        if (counted) windows_[index].add(Loop::now(), outcome, several && !anybody);
      });
}

void RoundProber::hear_http(std::size_t index, const Outcome& outcome) {
  if (outcome.http) {
    portal_.heard(index, *outcome.http);
  } else {
    portal_.lost(index);
  }
  // One that does not answer now and then is still there; a page that is gone for good proves none.
  http_silent_ = portal_.knows() ? 0 : http_silent_ + 1;
  if (http_silent_ > 0 && (http_silent_ < kPortalGone || !told_portal_)) return;
  const bool captive = portal_.captive();
  fact::Portal portal{.captive = captive, .words = {}};
  if (captive) {
    portal.words = outcome.http == HttpVerdict::Portal
                       ? outcome.words
                       : told_portal_.value_or(fact::Portal{}).words;
  }
  if (portal == told_portal_) return;
  // The first answer is told also when all is well: who listens may know of a portal from before.
  told_portal_ = portal;
  tell(portal);
}

// What waits in the sockets came in time, it was this process that did not.
void RoundProber::time_is_over(std::uint32_t number) {
  for (const Target& target : targets_) target.asker->catch_up();
  const auto at = rounds_.find(number);
  if (at == rounds_.end()) return;
  Round& round = at->second;
  families_.take(round.families[0], round.families[1]);
  round.late = true;
  judge(round);
  if (config_.patience <= config_.timeout || round.open == 0) {
    give_up(number);
  } else {
    round.limit =
        loop_.after(config_.patience - config_.timeout, [this, number] { give_up(number); });
  }
}

// Whatever is missing of it is lost.
void RoundProber::give_up(std::uint32_t number) {
  for (const Target& target : targets_) target.asker->catch_up();
  if (!rounds_.contains(number)) return;
  for (auto question = questions_.begin(); question != questions_.end();) {
    auto& [id, asked] = *question;
    if (asked.round != number) {
      ++question;
      continue;
    }
    enter(asked.target, id, std::nullopt);
    targets_[asked.target].asker->forget(id);
    if (targets_[asked.target].target.kind == ProbeKind::Http) {
      asked.round = 0;
      ++question;
    } else {
      question = questions_.erase(question);
    }
  }
  end(number);
}

void RoundProber::end(std::uint32_t number) {
  const auto node = rounds_.extract(number);
  if (node.empty() || node.mapped().late) return;
  families_.take(node.mapped().families[0], node.mapped().families[1]);
}

std::string RoundProber::failure_of(const Round& round) const {
  if (!round.failure.empty()) return round.failure;
  std::vector<std::string> asked;
  for (const std::size_t index : round.asked) {
    if (counts(targets_[index]) || round.only_bad_news)
      asked.push_back(targets_[index].target.text());
  }
  return fmt::format("probes of {}: {} of {} answered within {} ms ({}){}{}", config_.link.netdev,
                     round.tally.answer_count(), round.tally.sent_count(), to_ms(config_.timeout),
                     names(asked), round.said,
                     round.gateway_answered && !gateway_only_
                         ? "; the gateway answers, so the fault lies behind it"
                         : "");
}

// Whether a round that is lost stays it.
bool RoundProber::certain(const Round& round) const {
  return round.open == 0 || round.tally.verdict() || config_.patience <= config_.timeout;
}

void RoundProber::judge(Round& round) {
  // Once, and once more when it is good after all.
  const bool good = round.tally.reached();
  if (round.judged && (round.good || !good)) return;
  round.judged = true;
  round.good = good;
  last_failure_ = good ? "" : failure_of(round);
  if (round.only_bad_news && good) return;
  last_lost_ = !good;
  fact::Probe probe{.sent = round.tally.sent_count(),
                    .answered = round.tally.answer_count(),
                    .ok = good,
                    .rtt = round.rtt,
                    .complete = !good && certain(round),
                    .silent = families_.silent()};
  if (const auto figures = of_link(windows_, config_.quorum, Loop::now())) {
    probe.loss_permille = figures->loss_permille;
    probe.latency = figures->latency;
    probe.jitter = figures->jitter;
  }
  tell(probe);
}

// ---------------------------------------------------------------- what it costs

std::uint64_t RoundProber::bytes() const {
  std::uint64_t out = 0;
  for (const Target& target : targets_) out += target.asker->bytes();
  return out;
}

// Whether only what costs nothing may be asked.
bool RoundProber::broke() {
  if (!budget_) return false;
  const Instant now = Loop::now();
  const std::uint64_t cost = bytes();
  const std::uint64_t fresh = cost - std::exchange(paid_, cost);
  // While it carries the traffic it costs all the same, but nobody counts it against the standby.
  if (!carries_) budget_->spend(now, static_cast<std::int64_t>(fresh));
  const bool spent = !carries_ && !budget_->open(now);
  if (spent != std::exchange(told_spent_, spent)) tell(fact::ProbeBudget{spent});
  return spent;
}

Prober::Counts RoundProber::counts() const {
  Counts out{};
  for (const Target& target : targets_) {
    Count& count = out.at(static_cast<std::size_t>(target.target.kind));
    count.asked += target.asked;
    count.answered += target.answered;
    count.bytes += target.asker->bytes();
  }
  return out;
}

// ---------------------------------------------------------------- reports

void RoundProber::tell(Fact fact) {
  facts_.push_back(std::move(fact));
  if (!delivery_.active()) delivery_ = loop_.soon([this] { deliver(); });
}

// One report a turn, and nothing of this touched after it: the report may destroy the prober.
void RoundProber::deliver() {
  const Fact fact = std::move(facts_.front());
  facts_.pop_front();
  delivery_.reset();
  if (!facts_.empty()) delivery_ = loop_.soon([this] { deliver(); });
  const Report report = report_;
  report(fact);
}

}  // namespace mwan::failover
