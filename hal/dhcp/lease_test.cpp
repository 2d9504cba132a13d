// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/dhcp/lease.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// As dhcpcd 9.4.1 tells of a lease from dnsmasq.
ScriptReport bound() {
  return {.name = "mwan-tell",
          .arguments = {},
          .environment = {{"reason", "BOUND"},
                          {"protocol", "dhcp"},
                          {"interface", "eth1"},
                          {"if_configured", "false"},
                          {"new_broadcast_address", "192.0.2.255"},
                          {"new_dhcp_lease_time", "120"},
                          {"new_dhcp_server_identifier", "192.0.2.1"},
                          {"new_domain_name_servers", "192.0.2.53 192.0.2.54"},
                          {"new_interface_mtu", "1400"},
                          {"new_ip_address", "192.0.2.120"},
                          {"new_routers", "192.0.2.1"},
                          {"new_subnet_cidr", "24"}}};
}
ScriptReport with(const std::string& variable, const std::string& value) {
  ScriptReport report = bound();
  report.environment[variable] = value;
  return report;
}
std::string refusal(const ScriptReport& report) {
  const auto lease = read_lease(report);
  return lease ? "" : lease.error().text();
}
IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

TEST(Lease, IsReadAsDhcpcdTellsIt) {
  const auto lease = read_lease(bound());
  ASSERT_TRUE(lease) << lease.error().text();
  EXPECT_EQ(*lease, (Lease{.config = {.address = *IpPrefix::parse("192.0.2.120/24"),
                                      .gateway = address("192.0.2.1"),
                                      .dns = {address("192.0.2.53"), address("192.0.2.54")}},
                           .mtu = 1400,
                           .time = 120s,
                           .server = "192.0.2.1"}));
}

// As dhcpcd 9.4.1 tells of an address from dnsmasq.
ScriptReport bound6(const std::string& variable = "", const std::string& value = "") {
  ScriptReport out{.name = "mwan-tell",
                   .arguments = {},
                   .environment = {{"reason", "BOUND6"},
                                   {"protocol", "dhcp6"},
                                   {"interface", "eth1"},
                                   {"new_dhcp6_ia_na1_ia_addr1", "2001:db8:1::151"},
                                   {"new_dhcp6_ia_na1_ia_addr1_pltime", "120"},
                                   {"new_dhcp6_ia_na1_ia_addr1_vltime", "120"},
                                   {"new_dhcp6_name_servers", "2001:db8::53 fe80::1"}}};
  if (!variable.empty()) out.environment[variable] = value;
  return out;
}

TEST(Lease6, IsAnAddressAlone) {
  const auto lease = read_lease6(bound6());
  ASSERT_TRUE(lease) << lease.error().text();
  EXPECT_EQ(*lease, (Lease{.config = {.address = *IpPrefix::parse("2001:db8:1::151/128"),
                                      .gateway = {},
                                      .dns = {address("2001:db8::53")}},
                           .mtu = {},
                           .time = 120s,
                           .server = ""}));
  EXPECT_EQ(dhcp_reason(bound6()), DhcpReason::Lease);
  EXPECT_EQ(dhcp_reason(bound6("reason", "EXPIRE6")), DhcpReason::Lost);
  EXPECT_EQ(dhcp_reason(bound6("reason", "STOP6")), DhcpReason::Other);
}

TEST(Lease6, WhatIsNoAddressForAHostIsRefused) {
  for (const char* text : {"", "fe80::1", "ff02::1", "::", "::1", "192.0.2.1", "2001:db8::1/64"}) {
    EXPECT_FALSE(read_lease6(bound6("new_dhcp6_ia_na1_ia_addr1", text))) << text;
  }
  EXPECT_FALSE(read_lease6(bound6("new_dhcp6_ia_na1_ia_addr1_vltime", "0")));
  EXPECT_FALSE(read_lease6(bound6("new_dhcp6_ia_na1_ia_addr1_vltime", "4294967295"))->time);
}

TEST(Lease, ReasonsAreSorted) {
  const auto of = [](const char* reason) { return dhcp_reason(with("reason", reason)); };
  for (const char* reason : {"BOUND", "RENEW", "REBIND", "REBOOT"}) {
    EXPECT_EQ(of(reason), DhcpReason::Lease) << reason;
  }
  EXPECT_EQ(of("NAK"), DhcpReason::Refused);
  EXPECT_EQ(of("EXPIRE"), DhcpReason::Lost);
  for (const char* reason : {"PREINIT", "STOPPED", "DEPARTED", ""}) {
    EXPECT_EQ(of(reason), DhcpReason::Other) << reason;
  }
  ScriptReport link = with("reason", "CARRIER");
  link.environment["protocol"] = "link";
  EXPECT_EQ(dhcp_reason(link), DhcpReason::Carrier);
  link.environment["reason"] = "NOCARRIER";
  EXPECT_EQ(dhcp_reason(link), DhcpReason::NoCarrier);
  link.environment["reason"] = "BOUND";
  EXPECT_EQ(dhcp_reason(link), DhcpReason::Other);
  ScriptReport six = bound();
  six.environment["protocol"] = "dhcp6";
  EXPECT_EQ(dhcp_reason(six), DhcpReason::Other);
}

TEST(Lease, ClasslessRoutesTakeThePlaceOfTheRouter) {
  const auto lease =
      read_lease(with("new_classless_static_routes", "10.0.0.0/8 192.0.2.9 0.0.0.0/0 192.0.2.7"));
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->config.gateway, address("192.0.2.7"));
  EXPECT_THAT(refusal(with("new_classless_static_routes", "10.0.0.0/8 192.0.2.9")),
              HasSubstr("names no router"));
}

TEST(Lease, ARouterOutsideTheNetworkIsTheProvidersBusiness) {
  const auto lease = read_lease(with("new_subnet_cidr", "32"));
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->config.address.length, 32);
}

TEST(Lease, WhatCannotWorkIsRefusedInWords) {
  EXPECT_THAT(refusal(with("new_ip_address", "")), HasSubstr("no address for a host"));
  for (const char* bad : {"0.0.0.0", "127.0.0.1", "169.254.3.4", "224.0.0.1", "255.255.255.255",
                          "2001:db8::1", "192.0.2.1/24", "x\x1b[2J"}) {
    EXPECT_THAT(refusal(with("new_ip_address", bad)), HasSubstr("no address for a host")) << bad;
  }
  for (const char* bad : {"", "0", "7", "33", "-1", "24x"}) {
    EXPECT_THAT(refusal(with("new_subnet_cidr", bad)), HasSubstr("prefix length")) << bad;
  }
  EXPECT_THAT(refusal(with("new_routers", "")), HasSubstr("names no router"));
  EXPECT_THAT(refusal(with("new_routers", "192.0.2.120")), HasSubstr("that of the router"));
  EXPECT_THAT(refusal(with("new_ip_address", "x\x1b[2J")), ::testing::Not(HasSubstr("\x1b")));
}

TEST(Lease, WhatIsOddButHarmlessIsLeftOut) {
  auto lease = read_lease(with("new_domain_name_servers",
                               "0.0.0.0 192.0.2.53 nonsense 192.0.2.53 127.0.0.1 192.0.2.1 "
                               "192.0.2.2 192.0.2.3 192.0.2.4"));
  ASSERT_TRUE(lease);
  EXPECT_THAT(lease->config.dns, ElementsAre(address("192.0.2.53"), address("192.0.2.1"),
                                             address("192.0.2.2"), address("192.0.2.3")));
  for (const char* mtu : {"", "68", "9000", "x"}) {
    lease = read_lease(with("new_interface_mtu", mtu));
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->mtu, std::nullopt) << mtu;
  }
  lease = read_lease(with("new_dhcp_lease_time", "4294967295"));
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->time, std::nullopt);
  lease = read_lease(with("new_dhcp_server_identifier", "\x1b]0;x"));
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->server, "");
}

}  // namespace
}  // namespace mwan
