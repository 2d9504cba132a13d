// SPDX-License-Identifier: LGPL-2.1-or-later
// A link's addressing as it comes together: some of it given, the rest from a client for each
// family, each in its own time. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "hal/ip_config.hpp"
#include "hal/time.hpp"

namespace mwan {

// How long IPv6 waits for an IPv4 that was never there: a lease takes longer than a router
// advertisement, and a line that has both should not be used with one of them.
inline constexpr Duration kIpv4HeadStart = std::chrono::seconds(10);

class AddressingParts {
 public:
  // asked_v4: a client will get IPv4. apart: each family stands for itself.
  AddressingParts(IpConfig given, bool asked_v4, bool apart)
      : given_(std::move(given)), asked_v4_(asked_v4), apart_(apart) {}

  // What a client has now; nothing: it has lost it.
  void set(IpFamily family, std::optional<IpConfig> leased);
  // IPv4 had its head start.
  void ipv4_is_late() { ipv4_late_ = true; }
  // The device, or its carrier, is gone: what was leased has to be confirmed.
  void drop_leases();
  // Another device: also what was known of its network is forgotten.
  void clear();

  [[nodiscard]] bool waits_for_ipv4() const;
  // All there is, when it is enough to be used: where IPv4 is to be expected it has to be there,
  // because most hosts need it, unless the network never had one to give.
  [[nodiscard]] std::optional<IpConfig> whole() const;

 private:
  [[nodiscard]] IpConfig all() const;

  IpConfig given_;
  bool asked_v4_;
  bool apart_;
  std::optional<IpConfig> v4_;
  std::optional<IpConfig> v6_;
  bool had_v4_ = false;
  bool ipv4_late_ = false;
};

}  // namespace mwan
