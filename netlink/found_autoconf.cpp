// SPDX-License-Identifier: LGPL-2.1-or-later
// LinkTables: whose the IPv6 of a device is.
#include <algorithm>

#include "netlink/ipv6_conf.hpp"
#include "netlink/link_tables.hpp"

namespace mwan::netlink {
namespace {

constexpr const char* kAcceptRa = "accept_ra";
constexpr const char* kAddrGenMode = "addr_gen_mode";
// linux/if_link.h: IN6_ADDR_GEN_MODE_EUI64 and _NONE.
constexpr int kFromHardware = 0;
constexpr int kNoLinkLocal = 1;

std::vector<IpPrefix> link_local_of(const std::vector<Address>& all, std::uint32_t ifindex) {
  std::vector<IpPrefix> out;
  for (const Address& address : all) {
    const IpAddress& ip = address.prefix.address;
    if (address.ifindex == ifindex && ip.family() == IpFamily::V6 && ip.is_link_local()) {
      out.push_back(address.prefix);
    }
  }
  return out;
}

}  // namespace

void LinkTables::take_ipv6(FoundLink& found, Problems& problems) {
  if (found.autoconf) return;
  const auto accept_ra = ipv6_conf(found.netdev, kAcceptRa);
  const auto mode = ipv6_conf(found.netdev, kAddrGenMode);
  if (!accept_ra || !mode) return;  // no IPv6 in this kernel
  const auto present = netlink_.addresses();
  if (!problems.check(present)) return;
  const auto link_local = link_local_of(*present, found.ifindex);
  const bool make_one = *mode == kNoLinkLocal && link_local.empty();
  if (*accept_ra == 0 && !make_one) return;
  found.autoconf =
      FoundAutoconf{.accept_ra = *accept_ra, .addr_gen_mode = *mode, .link_local = link_local};
  about_to_change();
  problems.check(set_ipv6_conf(found.netdev, kAcceptRa, 0));
  if (make_one) problems.check(set_ipv6_conf(found.netdev, kAddrGenMode, kFromHardware));
}

void LinkTables::give_back_ipv6(const FoundLink& found, const LinkInfo& device,
                                Problems& problems) {
  // A session's device may vanish meanwhile, and took everything with it.
  const auto give_back = [&](const char* name, int value) {
    const Status done = set_ipv6_conf(found.netdev, name, value);
    if (!done && done.error().failure != FailureClass::Gone) problems.add(done.error());
  };
  give_back(kAcceptRa, found.autoconf->accept_ra);
  if (ipv6_conf(found.netdev, kAddrGenMode) == found.autoconf->addr_gen_mode) return;
  give_back(kAddrGenMode, found.autoconf->addr_gen_mode);
  const auto present = netlink_.addresses();
  if (!problems.check(present)) return;
  for (const IpPrefix& address : link_local_of(*present, device.index)) {
    if (std::ranges::find(found.autoconf->link_local, address) ==
        found.autoconf->link_local.end()) {
      problems.check(netlink_.delete_address(device, address));
    }
  }
}

}  // namespace mwan::netlink
