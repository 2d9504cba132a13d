// SPDX-License-Identifier: LGPL-2.1-or-later
// NAT and connection tracking with real flows: a client behind the router, two providers.
#include "netlink/nat.hpp"

#include <future>

#include "netlink/conntrack.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::netlink {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NatLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto client = lab::NetNs::create("client");
    REQUIRE_OK(client);
    client_.emplace(std::move(*client));
    here("link add lan0 type veth peer name eth0 netns " + client_->path());
    here("link set lan0 up");
    here("addr add 192.168.1.1/24 dev lan0");
    here("-6 addr add fd00:1::1/64 dev lan0 nodad");
    REQUIRE_OK(ip(*client_, "link set eth0 up"));
    REQUIRE_OK(ip(*client_, "addr add 192.168.1.9/24 dev eth0"));
    REQUIRE_OK(ip(*client_, "-6 addr add fd00:1::9/64 dev eth0 nodad"));
    REQUIRE_OK(ip(*client_, "route add default via 192.168.1.1"));
    REQUIRE_OK(ip(*client_, "-6 route add default via fd00:1::1"));
    REQUIRE_OK(here_->sysctl("net/ipv4/ip_forward", "1"));
    REQUIRE_OK(here_->sysctl("net/ipv6/conf/all/forwarding", "1"));
    for (const std::string number : {"1", "2"}) {
      cable("eth" + number);
      for (const bool ours : {true, false}) {
        const std::string host = ours ? "2" : "1";
        const auto both = [&](const std::string& arguments) {
          ours ? here(arguments) : far(arguments);
        };
        both("link set eth" + number + " up");
        both("addr add 10.0." + number + "." + host + "/24 dev eth" + number);
        both("-6 addr add 2001:db8:" + number + "::" + host + "/64 dev eth" + number + " nodad");
      }
      far("addr add 198.51.100." + number + "/32 dev lo");
      far("-6 addr add 2001:db8:ffff::" + number + "/128 dev lo nodad");
      here("route add 198.51.100." + number + " via 10.0." + number + ".1");
      here("-6 route add 2001:db8:ffff::" + number + " via 2001:db8:" + number + "::1");
    }
  }
  // The client calls a server by each provider and waits for the answer.
  [[nodiscard]] std::string call(const std::string& where) const {
    const auto out = lab::run(&*client_, {"ping", "-c", "1", "-W", "5", where});
    return out ? "answered" : out.error().text();
  }
  void call_all() const {
    for (const char* server :
         {"198.51.100.1", "198.51.100.2", "2001:db8:ffff::1", "2001:db8:ffff::2"}) {
      EXPECT_EQ(call(server), "answered") << server;
    }
  }
  [[nodiscard]] std::string table() const { return says({"nft", "list", "ruleset"}); }
  std::unique_ptr<Nat> nat() const {
    auto made = make_nftables_nat();
    EXPECT_OK(made);
    return made ? std::move(*made) : nullptr;
  }
  static std::vector<NatLink> links(const std::vector<std::string>& netdevs) {
    std::vector<NatLink> out;
    out.reserve(netdevs.size());
    for (const std::string& netdev : netdevs) {
      out.push_back({.netdev = netdev, .zone = static_cast<std::uint16_t>(out.size() + 1)});
    }
    return out;
  }
  static IpAddress address(const char* text) { return *IpAddress::parse(text); }

  std::optional<lab::NetNs> client_;
};

#ifdef MWAN_WITH_NFTABLES

TEST_F(NatLab, WithoutNatTheClientIsNotAnswered) {
  // The providers know nothing of 192.168.1.0/24: what makes the tests below mean something.
  EXPECT_NE(lab::run(&*client_, {"ping", "-c", "1", "-W", "1", "198.51.100.1"}).has_value(), true);
}

TEST_F(NatLab, EachNamedDeviceMasqueradesBothFamilies) {
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth1", "eth2"})));
  call_all();
  EXPECT_THAT(table(), AllOf(HasSubstr("table inet mwan"), HasSubstr("masquerade")));
}

TEST_F(NatLab, WarmingUpIsNotSeenAndLeavesWhatIsThere) {
  const auto n = nat();
  const std::string none = table();
  REQUIRE_OK(n->warm_up());
  EXPECT_EQ(table(), none);
  REQUIRE_OK(n->apply(links({"eth1"})));
  const std::string one = table();
  REQUIRE_OK(n->warm_up());
  EXPECT_EQ(table(), one);
}

TEST_F(NatLab, ADeviceThatIsNotNamedDoesNot) {
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth2", "not-there-yet"})));
  EXPECT_NE(call("198.51.100.1"), "answered");
  EXPECT_EQ(call("198.51.100.2"), "answered");
}

TEST_F(NatLab, ApplyingAgainReplacesAndOthersTablesStay) {
  const auto other = lab::run(&*here_, {"nft", "add table inet somebody"});
  REQUIRE_OK(other);
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth1"})));
  const std::string once = table();
  REQUIRE_OK(n->apply(links({"eth1"})));
  EXPECT_EQ(table(), once);
  REQUIRE_OK(n->apply(links({"eth2"})));
  EXPECT_THAT(table(), AllOf(HasSubstr("eth2"), Not(HasSubstr("eth1"))));
  REQUIRE_OK(n->remove());
  REQUIRE_OK(n->remove());
  EXPECT_THAT(table(), AllOf(HasSubstr("table inet somebody"), Not(HasSubstr("mwan"))));
}

TEST_F(NatLab, WhatAnEarlierRunLeftIsTakenOver) {
  {
    const auto n = nat();
    REQUIRE_OK(n->apply(links({"eth1"})));
  }
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth2"})));
  EXPECT_THAT(table(), AllOf(HasSubstr("eth2"), Not(HasSubstr("eth1"))));
}

TEST_F(NatLab, NamesCannotBecomeRules) {
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth1"})));
  const std::string before = table();
  for (const char* name :
       {"\" } drop #", "eth*", "a\\", "x;y", "", "a b", "more-than-15-bytes", "$a", "{", "\n"}) {
    const auto status = n->apply(links({"eth2", name}));
    EXPECT_FALSE(status) << name;
  }
  EXPECT_EQ(table(), before);
  REQUIRE_OK(n->apply(links({"wwan0.100", "br-wan", "a@b", "p4p1_x"})));
}

TEST_F(NatLab, WithoutPrivilegeTheReasonIsNamed) {
  const auto n = nat();
  ASSERT_EQ(::seteuid(65534), 0);
  const auto status = n->apply(links({"eth1"}));
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), AllOf(HasSubstr("not permitted"), HasSubstr("root")));
}

// What the zones are for: the next packet of a flow goes the new way, translated anew.
TEST_F(NatLab, AFlowMovesWithTheRouteWithoutLosingAPacket) {
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth1", "eth2"})));
  far("addr add 198.51.100.9/32 dev lo");
  here("route add 198.51.100.9 via 10.0.1.1");
  auto ping = std::async(std::launch::async, [this] {
    return lab::run(&*client_, {"ping", "-q", "-c", "20", "-i", "0.1", "198.51.100.9"},
                    std::chrono::seconds(30));
  });
  for (int i = 0; i < 6; ++i) {
    ::usleep(300000);
    here(std::string("route replace 198.51.100.9 via 10.0.") + (i % 2 == 0 ? "2" : "1") + ".1");
  }
  const auto report = ping.get();
  REQUIRE_OK(report);
  EXPECT_THAT(*report, HasSubstr("20 received"));
}

TEST_F(NatLab, OnlyTheFlowsOfOneLinkAreForgotten) {
  const auto n = nat();
  REQUIRE_OK(n->apply(links({"eth1", "eth2"})));
  call_all();
  // The router's own flow by the first link counts as that link's, one inside the LAN as nobody's.
  (void)says({"ping", "-c", "1", "198.51.100.1"});
  (void)lab::run(&*client_, {"ping", "-c", "1", "192.168.1.1"});
  EXPECT_EQ(delete_flows_of(address("10.0.1.2")), 2U);
  EXPECT_EQ(delete_flows_of(address("10.0.1.2")), 0U);
  EXPECT_EQ(delete_flows_of(address("2001:db8:1::2")), 1U);
  EXPECT_EQ(delete_flows_of(address("10.0.2.2")), 1U);
  EXPECT_EQ(delete_flows_of(address("2001:db8:2::2")), 1U);
  EXPECT_EQ(delete_flows_of(address("192.168.1.9")), 1U);
}

TEST_F(NatLab, FlowsCannotBeSeenWithoutPrivilege) {
  ASSERT_EQ(::seteuid(65534), 0);
  const auto status = delete_flows_of(address("10.0.1.2"));
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), AllOf(HasSubstr("10.0.1.2"), HasSubstr("CAP_NET_ADMIN")));
}

#else

TEST_F(NatLab, ABuildWithoutSaysSo) {
  const auto made = make_nftables_nat();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().failure, FailureClass::Permanent);
  EXPECT_THAT(made.error().text(), HasSubstr("MWAN_WITH_NFTABLES"));
}

#endif

}  // namespace
}  // namespace mwan::netlink
