// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/dns_asker.hpp"

namespace mwan::failover {

DnsAsker::DnsAsker(Loop& loop, const LinkBinding& link, std::string name,
                   std::vector<NameServer> servers, Duration timeout, Heard heard)
    : name_(std::move(name)),
      family_(link.source_v4 ? IpFamily::V4 : IpFamily::V6),
      heard_(std::move(heard)),
      resolver_(loop, link, std::move(servers), timeout) {}

Status DnsAsker::ask(std::uint32_t question) {
  const Instant begun = Loop::now();
  return resolver_.ask(question, name_, family_, [this, question, begun](const NameAnswer& answer) {
    Outcome outcome;
    if (answer.answered) outcome.answered = Loop::now() - begun;
    outcome.words = answer.words;
    heard_(question, std::move(outcome));
  });
}

}  // namespace mwan::failover
