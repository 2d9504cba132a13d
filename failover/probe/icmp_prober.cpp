// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/icmp_prober.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include <fmt/format.h>

namespace mwan::failover {
namespace {

// The queue or a filter refused one packet; the socket is still good.
bool passing(int error) {
  return error == EPERM || error == ENOBUFS || error == EAGAIN || error == ENOMEM;
}

std::string names(const std::vector<IpAddress>& targets) {
  std::string out;
  for (const IpAddress& target : targets) out += (out.empty() ? "" : ", ") + target.text();
  return out;
}

}  // namespace

IcmpProber::IcmpProber(Loop& loop, IcmpProberConfig config, Report report)
    : loop_(loop), config_(std::move(config)), report_(std::move(report)) {
  std::random_device random;
  token_ = static_cast<std::uint64_t>(random()) << 32U | random();
  raw_id_ = static_cast<std::uint16_t>(random());
  v4_.source = config_.source_v4;
  v6_.source = config_.source_v6;
  usable_ = static_cast<std::uint16_t>(std::ranges::count_if(
      config_.targets,
      [this](const IpAddress& target) { return family(target.family()).source.has_value(); }));
}

void IcmpProber::set_interval(Duration interval) {
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
  expected_.clear();
  finished_.clear();
  delivery_.reset();
}

void IcmpProber::tick() {
  due_ += interval_;
  const Instant now = Loop::now();
  // Late by a whole round or more: go on from here.
  if (due_ <= now) due_ = now + interval_;
  pace_ = loop_.after(due_ - now, [this] { tick(); });
  round();
}

void IcmpProber::round() {
  const std::uint32_t number = ++last_round_;
  auto [entry, fresh] =
      rounds_.try_emplace(number, Round{.tally = ProbeRound(usable_, config_.quorum),
                                        .begun = Loop::now(),
                                        .rtt = {},
                                        .failure = {},
                                        .limit = {}});
  Round& round = entry->second;
  if (usable_ == 0) {
    round.failure = fmt::format("probes of {}: no target of an address family that the link has",
                                config_.netdev);
  }
  for (const IpAddress& target : config_.targets) {
    if (family(target.family()).source) ask(number, round, target);
  }
  // Decided already when hardly anything could be sent; not from inside this call all the same.
  const Duration limit = round.tally.verdict() ? Duration(0) : config_.timeout;
  round.limit = loop_.after(limit, [this, number] { time_is_over(number); });
}

// What waits in the sockets came in time, it was this process that did not.
void IcmpProber::time_is_over(std::uint32_t number) {
  receive(v4_);
  receive(v6_);
  if (rounds_.contains(number)) finish(number);
}

bool IcmpProber::ready(Family& family, std::string& failure) {
  if (family.socket) return true;
  auto opened = IcmpSocket::open(*family.source, config_.netdev, raw_id_);
  if (!opened) {
    failure = opened.error().text();
    return false;
  }
  family.socket.emplace(std::move(*opened));
  family.watch = loop_.watch(family.socket->fd(), Loop::Readable,
                             [this, &family](unsigned) { receive(family); });
  return true;
}

void IcmpProber::ask(std::uint32_t number, Round& round, const IpAddress& target) {
  Family& way = family(target.family());
  if (!ready(way, round.failure)) {
    round.tally.not_sent();
    return;
  }
  const std::uint16_t sequence = next_sequence();
  const int error = way.socket->send(target, sequence, token_);
  if (error == 0) {
    round.tally.sent();
    expected_.insert_or_assign(sequence, Expected{number, target});
    return;
  }
  round.tally.not_sent();
  round.failure = fmt::format("probes of {}: sending to {}: {}", config_.netdev, target.text(),
                              std::strerror(error));
  if (passing(error)) return;
  // Perhaps the device came back as another one, which this socket will never see.
  way.watch.reset();
  way.socket.reset();
}

void IcmpProber::receive(Family& family) {
  while (family.socket) {
    const auto [received, reply] = family.socket->receive();
    if (received == IcmpSocket::Received::Nothing) return;
    if (received == IcmpSocket::Received::Error) {
      family.watch.reset();
      family.socket.reset();
      return;
    }
    if (received == IcmpSocket::Received::Other || reply.echo.token != token_) continue;
    const auto expected = expected_.find(reply.echo.sequence);
    if (expected == expected_.end() || expected->second.target != reply.from) continue;
    const std::uint32_t number = expected->second.round;
    expected_.erase(expected);
    Round& round = rounds_.at(number);
    round.tally.answered();
    if (!round.rtt) round.rtt = Loop::now() - round.begun;
    if (round.tally.verdict()) finish(number);
  }
}

void IcmpProber::finish(std::uint32_t number) {
  auto node = rounds_.extract(number);
  std::erase_if(expected_, [number](const auto& entry) { return entry.second.round == number; });
  const Round& round = node.mapped();
  const bool good = round.tally.reached();
  if (good) {
    last_failure_.clear();
  } else if (!round.failure.empty()) {
    last_failure_ = round.failure;
  } else {
    last_failure_ = fmt::format("probes of {}: {} of {} answered within {} ms ({})", config_.netdev,
                                round.tally.answer_count(), round.tally.sent_count(),
                                to_ms(config_.timeout), names(config_.targets));
  }
  finished_.push_back({.sent = round.tally.sent_count(),
                       .answered = round.tally.answer_count(),
                       .ok = good,
                       .rtt = round.rtt});
  if (!delivery_.active()) delivery_ = loop_.soon([this] { deliver(); });
}

// One report a turn, and nothing of this touched after it: the report may destroy the prober.
void IcmpProber::deliver() {
  const fact::Probe probe = finished_.front();
  finished_.pop_front();
  delivery_.reset();
  if (!finished_.empty()) delivery_ = loop_.soon([this] { deliver(); });
  const Report report = report_;
  report(probe);
}

std::uint16_t IcmpProber::next_sequence() {
  // Never one that is still waited for.
  do {
    ++last_sequence_;
  } while (expected_.contains(last_sequence_));
  return last_sequence_;
}

}  // namespace mwan::failover
