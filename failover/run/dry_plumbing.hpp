// SPDX-License-Identifier: LGPL-2.1-or-later
// The plumbing of a dry run: looks at the kernel, changes nothing, says what it would do.
#pragma once

#include "failover/run/plumbing.hpp"
#include "netlink/netlink.hpp"

namespace mwan::failover {

class DryPlumbing final : public Plumbing {
 public:
  explicit DryPlumbing(netlink::Netlink& netlink) : netlink_(netlink) {}

  Status begin() override { return {}; }
  Status note(const std::string& /*netdev*/, bool /*own_ipv6*/) override { return {}; }
  Status release(const std::string& /*netdev*/) override { return {}; }
  // Well only when the addresses are there already, put there by whoever manages the system now:
  // then the link can be probed as it would be.
  Status apply(const PlumbingSlot& slot, const std::string& netdev,
               const IpConfig& config) override;
  Status withdraw(const PlumbingSlot& slot) override;
  Status make_default(const PlumbingSlot& slot) override;
  Status route_family(IpFamily family, const PlumbingSlot* by) override;
  Status join_families() override { return {}; }
  Status flush_flows(const PlumbingSlot& slot) override;
  Status reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) override;
  Status restore() override { return {}; }

 private:
  netlink::Netlink& netlink_;
};

}  // namespace mwan::failover
