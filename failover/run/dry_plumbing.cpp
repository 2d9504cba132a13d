// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/run/dry_plumbing.hpp"

#include <algorithm>
#include <vector>

#include <spdlog/spdlog.h>

namespace mwan::failover {

Status DryPlumbing::apply(const PlumbingSlot& slot, const std::string& netdev,
                          const IpConfig& config) {
  const auto device = netlink_.link(netdev);
  if (!device) return failed(device.error());
  const auto present = netlink_.addresses();
  if (!present) return failed(present.error());
  for (const auto& family : {config.v4, config.v6}) {
    if (!family) continue;
    const bool there = std::ranges::any_of(*present, [&](const netlink::Address& a) {
      return a.ifindex == device->index && a.prefix.address == family->address.address;
    });
    if (!there) {
      return failed(FailureClass::Transient, "dry run",
                    fmt::format("would put {} on {}; it is not there, so {} cannot be probed",
                                family->address.text(), netdev, slot.name));
    }
  }
  spdlog::info("dry run: {} has its addresses; would make its table and rules", slot.name);
  return {};
}

Status DryPlumbing::withdraw(const PlumbingSlot& slot) {
  spdlog::info("dry run: would remove the addresses, table and rules of {}", slot.name);
  return {};
}

Status DryPlumbing::make_default(const PlumbingSlot& slot) {
  spdlog::info("dry run: would move the default route to {}", slot.name);
  return {};
}

Status DryPlumbing::route_family(IpFamily family, const PlumbingSlot* by) {
  const char* name = family == IpFamily::V4 ? "IPv4" : "IPv6";
  if (by != nullptr) {
    spdlog::info("dry run: would move the default route of {} to {}", name, by->name);
  } else {
    spdlog::info("dry run: would withdraw the default route of {}", name);
  }
  return {};
}

Status DryPlumbing::flush_flows(const PlumbingSlot& slot) {
  spdlog::info("dry run: would forget the translated flows of {}", slot.name);
  return {};
}

Status DryPlumbing::reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) {
  spdlog::info("dry run: would reset the LAN's TCP connections by {}, to begin again on {}",
               left.name, now.name);
  return {};
}

}  // namespace mwan::failover
