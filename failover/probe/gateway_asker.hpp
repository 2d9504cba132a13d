// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks for the hardware address of a gateway: it answers for itself, and nothing of it goes to the
// internet or is paid for. Of devices with ethernet addresses only.
#pragma once

#include <vector>

#include "failover/probe/asker.hpp"
#include "failover/probe/link_binding.hpp"
#include "failover/probe/neighbour_packet.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover {

class GatewayAsker final : public Asker {
 public:
  GatewayAsker(Loop& loop, LinkBinding link, IpAddress gateway, Heard heard);

  Status ask(std::uint32_t question) override;
  void forget(std::uint32_t question) override;
  void catch_up() override { receive(); }
  [[nodiscard]] std::uint64_t bytes() const override { return 0; }

 private:
  struct Waiting {
    std::uint32_t question;
    Instant sent;
  };
  Status open();
  int open_arp();
  int open_discovery();
  [[nodiscard]] int send() const;
  void receive();

  Loop& loop_;
  LinkBinding link_;
  IpAddress gateway_;
  Heard heard_;
  UniqueFd fd_;
  SourceHandle watch_;
  int ifindex_ = 0;
  HardwareAddress own_{};
  std::vector<Waiting> waiting_;
};

}  // namespace mwan::failover
