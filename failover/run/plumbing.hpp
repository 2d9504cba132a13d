// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon changes in the kernel for its links, behind an interface: the real one, and one
// that only says what it would do.
#pragma once

#include <cstdint>
#include <string>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"

namespace mwan::failover {

// A link's place in the kernel: it keeps its routing table and rule priority for as long as the
// daemon knows it, whatever happens to its position in the configuration.
struct PlumbingSlot {
  std::uint16_t number = 0;
  std::string name;  // of the profile, for messages
};

class Plumbing {
 public:
  Plumbing() = default;
  Plumbing(const Plumbing&) = delete;
  Plumbing& operator=(const Plumbing&) = delete;
  virtual ~Plumbing() = default;

  // Before anything else, and again after a reload (which does nothing): remember what an earlier
  // run that was killed found, so that restore() can give it back.
  virtual Status begin() = 0;

  // The link's driver is about to be started and may set its device up: remember how it is now.
  // own_ipv6: the kernel is to make no IPv6 addresses and routes on it by itself.
  virtual Status note(const std::string& netdev, bool own_ipv6) = 0;
  // The driver has ended: what note() changed goes back.
  virtual Status release(const std::string& netdev) = 0;

  // Address, own table, from-source rule and NAT of a link; again with other values = renumbering.
  virtual Status apply(const PlumbingSlot& slot, const std::string& netdev,
                       const IpConfig& config) = 0;
  virtual Status withdraw(const PlumbingSlot& slot) = 0;

  // One atomic replace of the default route (per address family).
  virtual Status make_default(const PlumbingSlot& slot) = 0;

  // The default route of one family goes by this link, whichever has the others; null: there is
  // none.
  virtual Status route_family(IpFamily family, const PlumbingSlot* by) = 0;
  // All families go with the link that make_default() named last.
  virtual Status join_families() = 0;

  // Forget the translated flows of a link that was left, so that they take the new way.
  virtual Status flush_flows(const PlumbingSlot& slot) = 0;

  // TCP connections of others that went by a link that was left, and cannot survive the address of
  // the one that took over, are reset towards those who opened them.
  virtual Status reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) = 0;

  // Everything back to how it was found. Errors are collected into one.
  virtual Status restore() = 0;
};

}  // namespace mwan::failover
