// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/claims.hpp"

namespace mwan::failover {

std::vector<DeviceClaim> claims_of(const Configuration& configuration) {
  std::vector<DeviceClaim> out;
  for (const Profile& profile : configuration.profiles) {
    DeviceClaim claim{.profile = profile.name,
                      .kind = profile.kind,
                      .priority = profile.priority,
                      .match = std::nullopt,
                      .control = profile.modem.simulated ? "" : profile.modem.device,
                      .net = profile.netdev,
                      .automatic = profile.automatic};
    if (const auto match = parse_match(profile.match); !profile.match.empty() && match) {
      claim.match = *match;
    }
    out.push_back(std::move(claim));
  }
  return out;
}

}  // namespace mwan::failover
