// SPDX-License-Identifier: LGPL-2.1-or-later
// TCP connections to a host, reset as soon as they are made. A refusal counts as no answer: who
// sent it is not known, and the target does not do what it is asked for.
#pragma once

#include <map>

#include "failover/probe/asker.hpp"
#include "failover/probe/link_binding.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {

class TcpAsker final : public Asker {
 public:
  TcpAsker(Loop& loop, LinkBinding link, IpAddress target, std::uint16_t port, Heard heard);

  Status ask(std::uint32_t question) override;
  void forget(std::uint32_t question) override { connections_.erase(question); }
  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }

 private:
  struct Connection {
    UniqueFd fd;
    Instant begun;
    SourceHandle watch;  // or the turn of the loop that tells what is known already
  };
  void made(std::uint32_t question);

  Loop& loop_;
  LinkBinding link_;
  IpAddress target_;
  std::uint16_t port_;
  Heard heard_;
  std::map<std::uint32_t, Connection> connections_;
  std::uint64_t bytes_ = 0;
};

}  // namespace mwan::failover
