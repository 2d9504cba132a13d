// SPDX-License-Identifier: LGPL-2.1-or-later
// The plumbing of the real daemon: per-link tables and the default route, NAT, and the translated
// flows of links that were left.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "failover/config/configuration.hpp"
#include "failover/run/plumbing.hpp"
#include "failover/state/state_store.hpp"
#include "hal/loop.hpp"
#include "netlink/link_tables.hpp"
#include "netlink/nat.hpp"

namespace mwan::failover {

// For how long connections of a link that was left are reset: hosts that send do so sooner.
inline constexpr Duration kResetTime = std::chrono::seconds(30);

// NOTE Ownership: loop, netlink and store outlive this. What was found is kept in the state
// directory (found-state.json) from before the first change until restore() has succeeded.
class KernelPlumbing final : public Plumbing {
 public:
  // nat may be null: the firewall is somebody else's.
  KernelPlumbing(Loop& loop, netlink::Netlink& netlink, StateStore& store,
                 const DaemonSettings& settings, std::unique_ptr<netlink::Nat> nat,
                 Duration reset_time = kResetTime);

  Status begin() override;
  Status note(const std::string& netdev, bool own_ipv6) override {
    return tables_.note(netdev, own_ipv6);
  }
  Status release(const std::string& netdev) override { return tables_.release(netdev); }
  Status apply(const PlumbingSlot& slot, const std::string& netdev,
               const IpConfig& config) override;
  Status withdraw(const PlumbingSlot& slot) override;
  Status make_default(const PlumbingSlot& slot) override;
  Status route_family(IpFamily family, const PlumbingSlot* by) override;
  Status join_families() override { return tables_.join_families(); }
  Status flush_flows(const PlumbingSlot& slot) override;
  Status reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) override;
  Status restore() override;

  // For a host whose default route is somebody else's between our takings: as LinkTables'.
  Status step_back() { return tables_.step_back(); }
  Status yield_default(bool put_back) { return tables_.yield_default(put_back); }
  void disown(const std::string& netdev) { tables_.disown(netdev); }

  // A default route of ours has gone: put it back, unless we took it away. Says so.
  void keep_default();

 private:
  // One that is not followed by a successful write must not be undone later on a guess.
  void keep_found(const netlink::FoundState& found);
  Status refresh_nat();

  Loop& loop_;
  StateStore& store_;
  netlink::LinkTables tables_;
  std::unique_ptr<netlink::Nat> nat_;
  bool begun_ = false;
  struct Wired {
    std::string netdev;
    IpConfig config;
  };
  std::map<std::uint16_t, Wired> wired_;      // by slot
  std::uint32_t first_zone_;                  // conntrack zones are numbered as the routing tables
  std::vector<netlink::NatLink> translated_;  // what NAT covers now
  Duration reset_time_;
  SourceHandle resets_end_;  // while there are rules that reset
};

}  // namespace mwan::failover
