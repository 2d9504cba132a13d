// SPDX-License-Identifier: LGPL-2.1-or-later
// What comes to the socket of a link's scripts: a report, and in it a DHCP lease or a PPP session.
#include "hal/dhcp/lease.hpp"
#include "hal/pppoe/pppd.hpp"
#include "hal/process/output_lines.hpp"
#include "hal/process/report.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

void look_at_lease(const ScriptReport& report) {
  const auto lease = read_lease(report);
  if (!lease) {
    require_said(lease.error());
    return;
  }
  require(lease->config.gateway.has_value(), "a lease has a gateway");
  require(lease->config.address.address.family() == IpFamily::V4, "a lease is of IPv4");
  require(lease->config.address.length >= 8 && lease->config.address.length <= 32,
          "a lease's network is one");
  require(lease->config.dns.size() <= 4, "name servers are bounded");
  require(!lease->mtu || (*lease->mtu >= 576 && *lease->mtu <= 1500), "an MTU is one of ethernet");
  require_clean(lease->server);
}

void look_at_lease6(const ScriptReport& report) {
  const auto lease = read_lease6(report);
  if (!lease) {
    require_said(lease.error());
    return;
  }
  const IpPrefix& address = lease->config.address;
  require(address.address.family() == IpFamily::V6 && address.length == 128, "an address alone");
  require(!address.address.is_link_local() && !address.address.is_unspecified(),
          "an address for a host");
  require(lease->config.dns.size() <= 4, "name servers are bounded");
}

void look_at_session(const ScriptReport& report) {
  if (const auto netdev = read_ipv6_up(report)) {
    require(netdev->size() < 16, "a device's name fits");
    require_clean(*netdev);
  }
  const auto session = read_ip_up(report);
  if (!session) {
    require_said(session.error());
    return;
  }
  require(session->netdev.size() < 16, "a device's name fits");
  require_clean(session->netdev);
  require(session->config.address.length == 32, "our end of the session is a host");
}

}  // namespace

void take(ByteView input) {
  OutputLines lines;
  for (const auto& line : lines.take(text_of(input))) {
    require(line.size() <= OutputLines::kLongest + 3, "a line is bounded");
    require_clean(line.substr(0, 256));
  }
  const auto text = text_of(input);
  const auto report = parse_report({text.data(), text.size()});
  if (!report) {
    require_said(report.error());
    return;
  }
  static_cast<void>(dhcp_reason(*report));
  look_at_lease(*report);
  look_at_lease6(*report);
  look_at_session(*report);
}

}  // namespace mwan::fuzz
