// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/http_asker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mwan::failover {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

// Rounds may be faster than a dead server lets go of us.
constexpr std::size_t kMostUnderWay = 8;

Duration transfer_limit(Duration round) { return std::max<Duration>(round, 3s); }

}  // namespace

HttpAsker::HttpAsker(Loop& loop, const LinkBinding& link, ProbeTarget target,
                     std::vector<NameServer> servers, std::string ca_file, Duration timeout,
                     Heard heard)
    : loop_(loop),
      netdev_(link.netdev),
      target_(std::move(target)),
      family_(link.source_v4 ? IpFamily::V4 : IpFamily::V6),
      ca_file_(std::move(ca_file)),
      limit_(transfer_limit(timeout)),
      heard_(std::move(heard)),
      resolver_(loop, link, std::move(servers), transfer_limit(timeout)),
      client_(loop, link) {}

Status HttpAsker::ask(std::uint32_t question) {
  const Instant begun = Loop::now();
  if (client_.under_way() >= kMostUnderWay) {
    return failed(FailureClass::Throttled, "probes of " + netdev_,
                  target_.host + " still owes the answers to earlier requests");
  }
  if (target_.address) return fetch(question, begun, *target_.address);
  if (known_ && begun < known_until_) return fetch(question, begun, *known_);
  return resolver_.ask(
      question, target_.host, family_,
      [this, question, begun](const NameAnswer& answer) { resolved(question, begun, answer); });
}

void HttpAsker::resolved(std::uint32_t question, Instant begun, const NameAnswer& answer) {
  Outcome outcome;
  if (answer.addresses.empty()) {
    outcome.words = answer.answered ? "has no address of the link's family" : answer.words;
    if (outcome.words.empty()) outcome.words = "its name could not be resolved";
    heard_(question, std::move(outcome));
    return;
  }
  known_ = answer.addresses.front();
  known_until_ = begun + std::clamp<Duration>(answer.valid, 30s, 10min);
  if (const auto sent = fetch(question, begun, *known_); !sent) {
    outcome.words = sent.error().message;
    heard_(question, std::move(outcome));
  }
}

Status HttpAsker::fetch(std::uint32_t question, Instant begun, const IpAddress& address) {
  const HttpRequest request{
      .target = target_, .address = address, .ca_file = ca_file_, .timeout = limit_};
  return client_.get(question, request, [this, question, begun](const HttpResult& result) {
    fetched(question, begun, result);
  });
}

void HttpAsker::fetched(std::uint32_t question, Instant begun, const HttpResult& result) {
  Outcome outcome;
  if (!result.reply) {
    known_.reset();  // perhaps it moved
    outcome.words = result.words;
    heard_(question, std::move(outcome));
    return;
  }
  outcome.http = judge(target_, *result.reply);
  if (*outcome.http == HttpVerdict::Expected) {
    outcome.answered = Loop::now() - begun;
  } else if (*outcome.http == HttpVerdict::Portal) {
    outcome.words = portal_words(target_, *result.reply);
  } else {
    outcome.words =
        fmt::format("says {} where {} is expected", result.reply->status, target_.status);
  }
  heard_(question, std::move(outcome));
}

}  // namespace mwan::failover
