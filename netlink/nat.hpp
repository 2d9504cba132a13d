// SPDX-License-Identifier: LGPL-2.1-or-later
// Source NAT towards the WAN links, behind an interface: hosts differ in who owns the firewall.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/time.hpp"

namespace mwan::netlink {

// A WAN link as NAT sees it.
struct NatLink {
  std::string netdev;
  // Its conntrack zone, not 0: flows that leave by this link, and their answers, are tracked apart
  // from those of every other link. Without that a flow stays tied to the device it was first
  // masqueraded for, and the kernel drops its next packet when the route has moved
  // (nf_nat_masquerade); with it, the packet finds or makes its entry in the zone of the new link,
  // and nothing is lost.
  std::uint16_t zone = 0;
  bool operator==(const NatLink&) const = default;
};

class Nat {
 public:
  Nat() = default;
  Nat(const Nat&) = delete;
  Nat& operator=(const Nat&) = delete;
  virtual ~Nat() = default;

  // Has the kernel load what the rules need, and says what it lacks; changes nothing that packets
  // could see. Loading takes long compared with everything else (tens of milliseconds and more), so
  // this is for the start, when no link waits for it.
  virtual Status warm_up() = 0;
  // Masquerade what leaves by these links, and by no others, in one step.
  virtual Status apply(const std::vector<NatLink>& links) = 0;
  // The traffic has moved to this link. For so long (whole seconds), TCP packets of others that
  // leave by it and belong to no connection of it are answered with a reset: they come from
  // connections of another link, whose far ends know us by another address. Connections that begin,
  // those that this link had before, and those of other links are left alone. The kernel ends it by
  // itself; what is left of the rules then is for stop_resets().
  virtual Status reset_strangers(const std::string& netdev, Duration time) = 0;
  // Nobody is reset any more, and nothing is left of the rules for it; well also when there was
  // nothing.
  virtual Status stop_resets() = 0;
  // Nothing of ours is left; well also when there was nothing.
  virtual Status remove() = 0;
};

// A table of our own, `inet mwan`, which replaces one that an earlier run left. Connections that
// come in by a link that is not the default are answered by the default route, so tracked apart
// from it; that needs policy routing of the answers, which is not done here.
// FailureClass::Permanent in a build without MWAN_WITH_NFTABLES.
Result<std::unique_ptr<Nat>> make_nftables_nat();

}  // namespace mwan::netlink
