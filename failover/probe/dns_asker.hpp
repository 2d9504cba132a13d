// SPDX-License-Identifier: LGPL-2.1-or-later
// A question to a name server. That there is no such name is an answer; that the server cannot
// find out (SERVFAIL) is none, for that is what a router says whose own uplink is dead.
#pragma once

#include <map>

#include "failover/probe/asker.hpp"
#include "failover/probe/resolver.hpp"

namespace mwan::failover {

class DnsAsker final : public Asker {
 public:
  DnsAsker(Loop& loop, const LinkBinding& link, std::string name, std::vector<NameServer> servers,
           Duration timeout, Heard heard);

  Status ask(std::uint32_t question) override;
  void forget(std::uint32_t question) override { resolver_.forget(question); }
  [[nodiscard]] std::uint64_t bytes() const override { return resolver_.bytes(); }

 private:
  std::string name_;
  IpFamily family_;
  Heard heard_;
  Resolver resolver_;
};

}  // namespace mwan::failover
