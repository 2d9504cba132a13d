// SPDX-License-Identifier: LGPL-2.1-or-later
// Echo requests to a host.
#pragma once

#include <map>
#include <optional>

#include "failover/probe/asker.hpp"
#include "failover/probe/icmp_socket.hpp"
#include "failover/probe/link_binding.hpp"
#include "hal/loop.hpp"

namespace mwan::failover {

class IcmpAsker final : public Asker {
 public:
  IcmpAsker(Loop& loop, LinkBinding link, IpAddress target, Heard heard);

  Status ask(std::uint32_t question) override;
  void forget(std::uint32_t question) override;
  void catch_up() override { receive(); }
  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }

 private:
  struct Waiting {
    std::uint32_t question;
    Instant sent;
  };
  void receive();
  void close();
  std::uint16_t next_sequence();

  Loop& loop_;
  LinkBinding link_;
  IpAddress target_;
  Heard heard_;
  std::uint64_t token_;
  std::uint16_t raw_id_;
  std::optional<IcmpSocket> socket_;
  SourceHandle watch_;
  std::uint16_t last_sequence_ = 0;
  std::map<std::uint16_t, Waiting> waiting_;  // by sequence number
  std::uint64_t bytes_ = 0;
};

}  // namespace mwan::failover
