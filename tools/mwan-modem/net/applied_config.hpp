// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses that a modem was given, on its network device for as long as this lives.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "netlink/netlink.hpp"

namespace mwan::tool {

// NOTE Ownership: everything that apply() and make_default() changed is put back by the destructor
// (or undo()), newest first; what was there before stays. A device that is gone is no error then.
class AppliedConfig {
 public:
  AppliedConfig() = default;
  AppliedConfig(AppliedConfig&& other) noexcept = default;
  AppliedConfig& operator=(AppliedConfig&& other) = delete;
  ~AppliedConfig() { undo(); }

  // Device up, MTU, addresses, and a routing table of its own that only packets from these
  // addresses use. Nothing stays of it on failure.
  Status apply(const std::string& netdev, const IpConfig& config);
  // The system's default routes too; refused for a family that has one which would win or be
  // overwritten.
  Status make_default();
  void undo();
  [[nodiscard]] bool applied() const { return !undo_.empty(); }

 private:
  using Undo = std::function<void(netlink::Netlink&)>;
  Status carry_out(netlink::Netlink& kernel, const netlink::LinkInfo& link);

  std::string netdev_;
  IpConfig config_;
  std::vector<Undo> undo_;
};

}  // namespace mwan::tool
