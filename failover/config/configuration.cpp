// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/config/configuration.hpp"

namespace mwan::failover {

std::string Origin::where(std::string_view key) const {
  const auto line = lines.find(key);
  return line == lines.end() ? file : file + ":" + std::to_string(line->second);
}

bool Profile::learns_ipv6() const {
  if (kind == LinkKind::Modem) return false;
  if (ipv6 != Ipv6::Usual) return ipv6 == Ipv6::Auto;
  if (kind != LinkKind::Ethernet) return true;
  return ethernet.addressing == Addressing::Dhcp && !ethernet.address6;
}

IpConfig EthernetProfile::ip_config() const {
  IpConfig out;
  if (address) out.v4 = IpFamilyConfig{*address, gateway, {}};
  if (address6) out.v6 = IpFamilyConfig{*address6, gateway6, {}};
  for (const auto& server : dns) {
    auto& family = server.family() == IpFamily::V4 ? out.v4 : out.v6;
    if (family) family->dns.push_back(server);
  }
  out.mtu = mtu;
  return out;
}

Policy make_policy(const Configuration& configuration) {
  const DaemonSettings& settings = configuration.settings;
  Policy policy;
  for (const auto& profile : configuration.profiles) {
    policy.links.push_back({.name = profile.name,
                            .kind = profile.kind,
                            .priority = profile.priority,
                            .standby = profile.standby,
                            .metered = profile.metered,
                            .probe = profile.probe.policy});
  }
  policy.evidence = settings.evidence;
  policy.families = settings.families;
  policy.failback_stable = settings.failback_stable;
  policy.dwell = settings.dwell;
  policy.startup_grace = settings.startup_grace;
  // IPFire's scripts wait a minute for a lease or a carrier.
  if (settings.host == HostKind::Ipfire) policy.step_limit = std::chrono::seconds(180);
  policy.risk.arm = settings.risk_arm;
  policy.risk.switch_price = settings.switch_price;
  policy.flap_penalty = settings.flap_penalty;
  policy.flap_memory = settings.flap_memory;
  return policy;
}

}  // namespace mwan::failover
