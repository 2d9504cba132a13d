// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/link_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::netlink {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

IpFamilyConfig family(const char* address, const char* gateway) {
  IpFamilyConfig out;
  out.address = IpPrefix::parse(address).value_or(IpPrefix{});
  if (gateway != nullptr) out.gateway = IpAddress::parse(gateway);
  return out;
}
IpConfig v4(const char* address, const char* gateway) {
  IpConfig out;
  out.v4 = family(address, gateway);
  return out;
}
IpConfig v6(const char* address, const char* gateway) {
  IpConfig out;
  out.v6 = family(address, gateway);
  return out;
}

constexpr LinkPlace kPlace{.ifindex = 4, .table = 7702, .rule_priority = 7704};

std::vector<std::string> routes(const IpConfig& config) {
  std::vector<std::string> out;
  for (const Route& route : plan_link(config, kPlace).routes) out.push_back(text(route, "d"));
  return out;
}

TEST(LinkPlan, ALinkWithAGateway) {
  EXPECT_THAT(routes(v4("192.0.2.77/26", "192.0.2.65")),
              ElementsAre("192.0.2.64/26 dev d table 7702 src 192.0.2.77",
                          "default via 192.0.2.65 dev d table 7702 src 192.0.2.77"));
  EXPECT_THAT(routes(v6("2001:db8:1:2::7/60", "fe80::1")),
              ElementsAre("2001:db8:1::/60 dev d table 7702 metric 1024",
                          "IPv6 default via fe80::1 dev d table 7702 metric 1024"));
}

TEST(LinkPlan, APointToPointLink) {
  EXPECT_THAT(routes(v4("10.64.0.1/32", nullptr)),
              ElementsAre("default dev d table 7702 src 10.64.0.1"));
  EXPECT_THAT(routes(v6("2001:db8::1/64", nullptr)),
              ElementsAre("2001:db8::/64 dev d table 7702 metric 1024",
                          "IPv6 default dev d table 7702 metric 1024"));
}

TEST(LinkPlan, ThePrefixOfEverythingIsNoSecondDefault) {
  EXPECT_THAT(routes(v4("10.64.0.1/0", nullptr)),
              ElementsAre("default dev d table 7702 src 10.64.0.1"));
}

TEST(LinkPlan, OnlyAGatewayOutsideOfThePrefixIsOnLink) {
  EXPECT_FALSE(plan_link(v4("192.0.2.2/24", "192.0.2.1"), kPlace).routes.back().on_link);
  EXPECT_TRUE(plan_link(v4("192.0.2.2/32", "203.0.113.1"), kPlace).routes.back().on_link);
  EXPECT_FALSE(plan_link(v6("2001:db8::2/128", "fe80::1"), kPlace).routes.back().on_link);
}

TEST(LinkPlan, RulesByTheWholeAddressInTheirOrder) {
  const auto plan = plan_link(v4("192.0.2.77/26", nullptr), kPlace);
  ASSERT_EQ(plan.rules.size(), 2U);
  EXPECT_EQ(text(plan.rules[0]), "7704: from 192.0.2.77/32 lookup 254 suppress_prefixlength 0");
  EXPECT_EQ(text(plan.rules[1]), "7705: from 192.0.2.77/32 lookup 7702");
}

TEST(LinkPlan, BothFamiliesSideBySide) {
  IpConfig both = v4("192.0.2.2/24", "192.0.2.1");
  both.v6 = family("2001:db8::2/64", "fe80::1");
  const auto plan = plan_link(both, kPlace);
  EXPECT_EQ(plan.addresses.size(), 2U);
  EXPECT_EQ(plan.routes.size(), 4U);
  EXPECT_EQ(plan.rules.size(), 4U);
}

TEST(LinkPlan, TheMainDefault) {
  IpConfig both = v4("192.0.2.2/24", "192.0.2.1");
  both.v6 = family("2001:db8::2/64", "fe80::1");
  EXPECT_EQ(text(main_default(both, IpFamily::V4, 4, 0), "d"),
            "default via 192.0.2.1 dev d src 192.0.2.2");
  EXPECT_EQ(main_default(both, IpFamily::V6, 4, 0).metric, 1U);
  EXPECT_EQ(main_default(both, IpFamily::V6, 4, 50).metric, 50U);
}

TEST(LinkPlan, WhatCannotWorkIsRefused) {
  EXPECT_TRUE(check(v4("192.0.2.2/24", "192.0.2.1")));
  EXPECT_TRUE(check(v6("2001:db8::2/64", nullptr)));
  EXPECT_FALSE(check(IpConfig{}));
  EXPECT_FALSE(check(v4("2001:db8::2/64", nullptr)));
  EXPECT_FALSE(check(v6("192.0.2.2/24", nullptr)));
  EXPECT_FALSE(check(v4("0.0.0.0/0", nullptr)));
  EXPECT_FALSE(check(v4("192.0.2.2/24", "0.0.0.0")));
  EXPECT_FALSE(check(v4("192.0.2.2/24", "192.0.2.2")));
  const auto mixed = check(v4("192.0.2.2/24", "fe80::1"));
  ASSERT_FALSE(mixed);
  EXPECT_THAT(mixed.error().text(), HasSubstr("fe80::1 is not an IPv4 address"));
}

}  // namespace
}  // namespace mwan::netlink
