// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/core/suspicion.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mwan::failover {

void Suspicion::observe(const Fact& fact, bool probes_lost) {
  if (const auto* traffic = std::get_if<fact::Traffic>(&fact)) {
    flow_ = traffic->flow;
    stalled_ = flow_ == fact::Flow::Unanswered;
    if (stalled_) unanswered_ = *traffic;
    // What stood before the round was lost goes on standing.
    silent_ = flow_ != fact::Flow::Answered && (silent_ || !probes_lost);
  } else if (const auto* gateway = std::get_if<fact::Gateway>(&fact)) {
    const bool silent = gateway->state == fact::Nud::Probing;
    if (!silent && gateway_ != gateway->address) return;  // another family's
    gateway_ = gateway->address;
    gateway_silent_ = silent;
  } else if (const auto* errors = std::get_if<fact::Errors>(&fact)) {
    errors_ = errors->many ? std::optional(*errors) : std::nullopt;
  } else if (const auto* speed = std::get_if<fact::Speed>(&fact)) {
    speed_ = *speed;
    fastest_ = std::max(fastest_, speed->mbps);
  } else if (const auto* probe = std::get_if<fact::Probe>(&fact)) {
    if (!probe->ok) return;
    stalled_ = false;
    silent_ = false;
    if (probe->rtt) answer_time_.add(*probe->rtt);
  }
}

void Suspicion::restart() {
  flow_.reset();
  stalled_ = false;
  silent_ = false;
  gateway_silent_ = false;
  answer_time_.clear();
}

std::optional<Suspicion::Kind> Suspicion::kind() const {
  if (gateway_silent_) return Kind::GatewaySilent;
  if (stalled_) return Kind::TrafficUnanswered;
  if (errors_) return Kind::ManyErrors;
  return std::nullopt;
}

Duration Suspicion::answer_limit(Duration timeout, Duration patience) const {
  return flow_ == fact::Flow::Answered ? patience : answer_time_.limit(timeout);
}

std::string Suspicion::words() const {
  switch (kind().value_or(Kind::ManyErrors)) {
    case Kind::GatewaySilent:
      return "the gateway " + gateway_->text() + " is asked and has not answered yet";
    case Kind::TrafficUnanswered:
      return "traffic is unanswered: " + std::to_string(unanswered_.packets) + " packets in " +
             std::to_string(to_ms(unanswered_.lasting)) + " ms and next to none back";
    case Kind::ManyErrors: {
      if (!errors_) return "";
      std::array<char, 96> text{};
      const double all = static_cast<double>(errors_->errors) + errors_->packets;
      (void)std::snprintf(text.data(), text.size(),
                          "%.1f %% of the packets are damaged (%u in %lld s)",
                          100.0 * errors_->errors / std::max(1.0, all), errors_->errors,
                          static_cast<long long>(to_ms(errors_->over) / 1000));
      return text.data() + std::string(": cable or port?");
    }
  }
  return "";
}

std::string Suspicion::speed_words() const {
  if (!speed_) return "";
  return std::to_string(speed_->mbps) + " Mbit/s after " + std::to_string(fastest_) +
         (speed_->full_duplex ? "" : ", half duplex");
}

}  // namespace mwan::failover
