// SPDX-License-Identifier: LGPL-2.1-or-later
// Source NAT towards the WAN links, behind an interface: hosts differ in who owns the firewall.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hal/error.hpp"

namespace mwan::netlink {

class Nat {
 public:
  Nat() = default;
  Nat(const Nat&) = delete;
  Nat& operator=(const Nat&) = delete;
  virtual ~Nat() = default;

  // Masquerade what leaves by these devices, and by no others, in one step.
  virtual Status apply(const std::vector<std::string>& netdevs) = 0;
  // Nothing of ours is left; well also when there was nothing.
  virtual Status remove() = 0;
};

// A table of our own, `inet mwan`, which replaces one that an earlier run left.
// FailureClass::Permanent in a build without MWAN_WITH_NFTABLES.
Result<std::unique_ptr<Nat>> make_nftables_nat();

}  // namespace mwan::netlink
