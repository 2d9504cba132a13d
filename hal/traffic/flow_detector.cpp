// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/traffic/flow_detector.hpp"

#include <algorithm>

namespace mwan {
namespace {

// Of many packets that are answered, some answer comes for each few of them; a stray one is noise.
constexpr std::uint64_t kSentPerAnswer = 16;
// To take back that nothing is answered, more is wanted than the gateway's word that it is there.
constexpr std::uint64_t kAnswersAgain = 3;
constexpr std::uint64_t kSentPerAnswerAgain = 8;

}  // namespace

void FlowDetector::begin(Instant now, const NetdevCounters& counters) {
  before_ = counters;
  before_time_ = now;
  received_ = true;
  share_.clear();
  flows_ = false;
  flowed_.reset();
  open_.reset();
}

std::optional<fact::Traffic> FlowDetector::sample(Instant now, const NetdevCounters& counters) {
  now_ = now;
  thinned_ = false;
  if (!before_ || !continues(*before_, counters) || now <= before_time_) {
    begin(now, counters);
    return std::nullopt;
  }
  // What was dropped on the way out was to be sent as well.
  const Difference d{
      .sent = counters.tx_packets - before_->tx_packets + counters.tx_dropped - before_->tx_dropped,
      .received = counters.rx_packets - before_->rx_packets,
      .over = now - before_time_};
  received_ = d.received > 0;
  thinned_ = share_.add(now, d.sent, d.received);
  const auto over_us = static_cast<std::uint64_t>(d.over.count());
  flows_ = d.received >= 2 && d.received * 1'000'000 >= policy_.flow_rate * over_us;
  const bool stalled = told_ == fact::Flow::Unanswered;
  const bool answered =
      stalled ? d.received >= kAnswersAgain && d.received * kSentPerAnswerAgain >= d.sent
              : d.received > 0 && d.received * kSentPerAnswer >= d.sent;
  const bool forgotten = d.sent == 0 && open_ && now - open_->last >= policy_.forget;
  if (answered || forgotten) {
    open_.reset();
  } else if (d.sent > 0) {
    take_sent(now, d);
  }
  if (answered && flows_) flowed_ = now;
  before_ = counters;
  before_time_ = now;

  if (answered && (stalled || flows_)) {
    flowed_ = now;
    return tell(fact::Flow::Answered);
  }
  if (unanswered(now)) return tell(fact::Flow::Unanswered);
  if (silent(now)) {
    flowed_.reset();
    told_silent_ = now;
    return tell(fact::Flow::Silent);
  }
  return std::nullopt;
}

void FlowDetector::take_sent(Instant now, const Difference& d) {
  if (!open_) open_ = Unanswered{.since = now - d.over, .last = now, .packets = 0, .samples = 0};
  open_->last = now;
  open_->packets += d.sent;
  ++open_->samples;
}

bool FlowDetector::unanswered(Instant now) const {
  return open_ && open_->samples >= 2 && open_->packets >= policy_.packets &&
         now - open_->since >= std::max(policy_.patience, 2 * round_trip_);
}

bool FlowDetector::silent(Instant now) const {
  if (told_ == fact::Flow::Unanswered) return !open_;  // forgotten
  if (!flowed_ || now - *flowed_ < std::max(policy_.silence, 2 * round_trip_)) return false;
  return !told_silent_ || now - *told_silent_ >= policy_.rest;
}

std::optional<fact::Traffic> FlowDetector::tell(fact::Flow flow) {
  if (told_ == flow) return std::nullopt;
  told_ = flow;
  fact::Traffic out{.flow = flow, .packets = 0, .lasting = {}};
  if (flow == fact::Flow::Unanswered && open_) {
    out.packets = static_cast<std::uint32_t>(std::min<std::uint64_t>(open_->packets, 0xffffffff));
    out.lasting = open_->last - open_->since;
  }
  return out;
}

Duration FlowDetector::pace() const {
  const bool missing = open_ && now_ - open_->since < policy_.keen;
  const bool flowing = flows_ || (flowed_ && now_ - *flowed_ < policy_.keen);
  return missing || flowing ? policy_.busy : policy_.idle;
}

}  // namespace mwan
