// SPDX-License-Identifier: LGPL-2.1-or-later
// A page of a web server, of which it is known what it says: anything else is a captive portal, or
// proves nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "failover/probe/asker.hpp"
#include "failover/probe/http_client.hpp"
#include "failover/probe/resolver.hpp"

namespace mwan::failover {

class HttpAsker final : public Asker {
 public:
  HttpAsker(Loop& loop, const LinkBinding& link, ProbeTarget target,
            std::vector<NameServer> servers, std::string ca_file, Duration timeout, Heard heard);

  Status ask(std::uint32_t question) override;
  // A transfer goes on: what a slow portal says is worth knowing. It has a limit of its own.
  void forget(std::uint32_t /*question*/) override {}
  [[nodiscard]] std::uint64_t bytes() const override { return client_.bytes() + resolver_.bytes(); }

 private:
  void resolved(std::uint32_t question, Instant begun, const NameAnswer& answer);
  Status fetch(std::uint32_t question, Instant begun, const IpAddress& address);
  void fetched(std::uint32_t question, Instant begun, const HttpResult& result);

  Loop& loop_;
  std::string netdev_;
  ProbeTarget target_;
  IpFamily family_;
  std::string ca_file_;
  Duration limit_;
  Heard heard_;
  Resolver resolver_;
  HttpClient client_;
  std::optional<IpAddress> known_;  // the host's address, until then
  Instant known_until_;
};

}  // namespace mwan::failover
