// SPDX-License-Identifier: LGPL-2.1-or-later
// Netlink against the kernel, with ip(8) as the judge.
#include "netlink/netlink.hpp"

#include "netlink/codec.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::netlink {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

IpPrefix prefix(const char* text) { return *IpPrefix::parse(text); }
IpAddress address(const char* text) { return *IpAddress::parse(text); }

class NetlinkLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto opened = Netlink::open();
    REQUIRE_OK(opened);
    netlink_.emplace(std::move(*opened));
    cable("eth1");
  }
  LinkInfo eth1() {
    auto link = netlink_->link("eth1");
    EXPECT_OK(link);
    return link ? *link : LinkInfo{};
  }
  std::optional<Netlink> netlink_;
};

TEST_F(NetlinkLab, LinksTellStateCarrierAndMtu) {
  EXPECT_FALSE(eth1().admin_up);
  EXPECT_EQ(eth1().mtu, 1500U);
  REQUIRE_OK(netlink_->set_admin(eth1(), true));
  EXPECT_TRUE(eth1().admin_up);
  EXPECT_FALSE(eth1().carrier);  // the far end is down
  far("link set eth1 up");
  EXPECT_TRUE(eth1().carrier);
  REQUIRE_OK(netlink_->set_mtu(eth1(), 1400));
  EXPECT_EQ(eth1().mtu, 1400U);
  REQUIRE_OK(netlink_->set_admin(eth1(), false));
  EXPECT_FALSE(eth1().admin_up);
  EXPECT_FALSE(eth1().no_arp);
  here("tuntap add tun9 mode tun");
  EXPECT_TRUE(netlink_->link("tun9")->no_arp);
}

TEST_F(NetlinkLab, AMissingDeviceIsNamed) {
  const auto none = netlink_->link("eth9");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().failure, FailureClass::Gone);
  EXPECT_THAT(none.error().text(), HasSubstr("eth9"));
}

TEST_F(NetlinkLab, AddressesAreAddedOnceAndDeletedOnce) {
  for (const char* text : {"192.0.2.2/24", "2001:db8::2/64"}) {
    EXPECT_EQ(netlink_->add_address(eth1(), prefix(text)), true);
    EXPECT_EQ(netlink_->add_address(eth1(), prefix(text)), false);
    const auto all = netlink_->addresses();
    REQUIRE_OK(all);
    EXPECT_THAT(*all, Contains(Address{.ifindex = eth1().index, .prefix = prefix(text)}));
    EXPECT_EQ(netlink_->delete_address(eth1(), prefix(text)), true);
    EXPECT_EQ(netlink_->delete_address(eth1(), prefix(text)), false);
  }
}

TEST_F(NetlinkLab, AnIpv6AddressCanBeUsedAtOnce) {
  REQUIRE_OK(netlink_->set_admin(eth1(), true));
  far("link set eth1 up");
  REQUIRE_OK(netlink_->add_address(eth1(), prefix("2001:db8::2/64")));
  EXPECT_THAT(says({"ip", "-6", "addr", "show", "dev", "eth1"}), Not(HasSubstr("tentative")));
}

TEST_F(NetlinkLab, PromoteSecondariesIsReadAndSet) {
  EXPECT_EQ(netlink_->promotes_secondaries(eth1()), false);
  REQUIRE_OK(netlink_->set_promote_secondaries(eth1(), true));
  EXPECT_EQ(netlink_->promotes_secondaries(eth1()), true);
  EXPECT_THAT(says({"sysctl", "-n", "net.ipv4.conf.eth1.promote_secondaries"}), HasSubstr("1"));
  REQUIRE_OK(netlink_->set_promote_secondaries(eth1(), false));
  EXPECT_EQ(netlink_->promotes_secondaries(eth1()), false);
}

TEST_F(NetlinkLab, RoutesOfBothFamiliesComeBackAsTheyWereMade) {
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  here("addr add 2001:db8::2/64 dev eth1 nodad");
  Route v4{.destination = prefix("0.0.0.0/0"),
           .gateway = address("192.0.2.1"),
           .ifindex = eth1().index,
           .table = 7701,
           .metric = 5,
           .source = address("192.0.2.2")};
  Route v6{.destination = prefix("2001:db8:7::/48"),
           .gateway = address("2001:db8::1"),
           .ifindex = eth1().index,
           .table = 7701,
           .metric = 1024};
  Route far_gateway{.destination = prefix("198.51.100.0/24"),
                    .gateway = address("203.0.113.1"),
                    .ifindex = eth1().index,
                    .on_link = true};
  for (const Route& route : {v4, v6, far_gateway}) {
    REQUIRE_OK(netlink_->replace_route(route));
    REQUIRE_OK(netlink_->replace_route(route));
    const auto table = netlink_->routes(route.table);
    REQUIRE_OK(table);
    EXPECT_THAT(*table, Contains(route).Times(1));
  }
  EXPECT_THAT(says({"ip", "route", "show", "table", "7701"}),
              HasSubstr("default via 192.0.2.1 dev eth1 proto 77 src 192.0.2.2 metric 5"));
  EXPECT_EQ(netlink_->delete_route(v4), true);
  EXPECT_EQ(netlink_->delete_route(v4), false);
  EXPECT_EQ(netlink_->flush_ours(7701), 1U);
  EXPECT_EQ(netlink_->flush_ours(std::nullopt), 1U);
  const auto empty = netlink_->routes(7701);
  REQUIRE_OK(empty);
  EXPECT_THAT(*empty, testing::IsEmpty());
}

TEST_F(NetlinkLab, FlushLeavesWhatIsNotOurs) {
  here("link set eth1 up");
  here("route add 198.51.100.0/24 dev eth1 table 7701");
  REQUIRE_OK(netlink_->replace_route(
      {.destination = prefix("203.0.113.0/24"), .ifindex = eth1().index, .table = 7701}));
  EXPECT_EQ(netlink_->flush_ours(7701), 1U);
  EXPECT_THAT(says({"ip", "route", "show", "table", "7701"}), HasSubstr("198.51.100.0/24"));
}

TEST_F(NetlinkLab, ARefusedRouteSaysWhichAndWhy) {
  here("link set eth1 up");
  const auto refused = netlink_->replace_route({.destination = prefix("0.0.0.0/0"),
                                                .gateway = address("10.9.9.9"),
                                                .ifindex = eth1().index});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("default via 10.9.9.9 dev eth1"));
  EXPECT_THAT(refused.error().text(), HasSubstr("Nexthop has invalid gateway"));
  EXPECT_THAT(refused.error().text(), HasSubstr("not in a prefix of the device"));
}

TEST_F(NetlinkLab, WithoutThePrivilegeTheReasonIsNamed) {
  const LinkInfo link = eth1();
  // The capability counts at the time of the request, for who made the socket and who sends.
  ASSERT_EQ(::seteuid(65534), 0);
  const auto refused = netlink_->set_admin(link, true);
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().failure, FailureClass::Permanent);
  EXPECT_THAT(refused.error().text(), HasSubstr("setting up of eth1"));
  EXPECT_THAT(refused.error().text(), HasSubstr("CAP_NET_ADMIN"));
}

TEST_F(NetlinkLab, RulesAreAddedOnceAndDeletedOnce) {
  const Rule plain{.family = IpFamily::V4,
                   .priority = 7700,
                   .source = prefix("192.0.2.2/32"),
                   .table = kMainTable,
                   .suppress_prefix_length = 0};
  const Rule marked{.family = IpFamily::V6,
                    .priority = 7702,
                    .mark = 0x10000,
                    .mark_mask = 0xff0000,
                    .oif = "eth1",
                    .table = 7701};
  for (const Rule& rule : {plain, marked}) {
    EXPECT_EQ(netlink_->add_rule(rule), true);
    EXPECT_EQ(netlink_->add_rule(rule), false);
    const auto rules = netlink_->rules();
    REQUIRE_OK(rules);
    EXPECT_THAT(*rules, Contains(rule).Times(1));
  }
  EXPECT_THAT(says({"ip", "rule"}),
              HasSubstr("from 192.0.2.2 lookup main suppress_prefixlength 0"));
  EXPECT_THAT(says({"ip", "rule"}), Not(HasSubstr("static")));
  for (const Rule& rule : {plain, marked}) {
    EXPECT_EQ(netlink_->delete_rule(rule), true);
    EXPECT_EQ(netlink_->delete_rule(rule), false);
  }
}

TEST_F(NetlinkLab, NeighboursTellTheirState) {
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  here("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth1 nud reachable");
  here("neigh add 192.0.2.9 dev eth1 nud failed");
  const auto all = netlink_->neighbours();
  REQUIRE_OK(all);
  EXPECT_THAT(*all, Contains(Neighbour{eth1().index, address("192.0.2.1"), fact::Nud::Reachable}));
}

}  // namespace
}  // namespace mwan::netlink
