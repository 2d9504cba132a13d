// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/nat.hpp"

namespace mwan::netlink {

Result<std::unique_ptr<Nat>> make_nftables_nat() {
  return failed(FailureClass::Permanent, "NAT=nftables",
                "this build has no nftables (MWAN_WITH_NFTABLES was off); use NAT=none and let the "
                "firewall translate");
}

}  // namespace mwan::netlink
