// SPDX-License-Identifier: LGPL-2.1-or-later
// The prober over real cables: what it counts, when it says so, and where its packets go.
#include "tests/lab/net/prober_lab.hpp"

namespace mwan::failover {
namespace {

using testing::HasSubstr;

TEST_F(ProberLab, AStandbyIsProbedThroughItselfUnderStrictRpFilter) {
  filters();
  nft("add rule inet t out icmp type echo-request oifname eth1 counter drop");
  nft("add rule inet t out icmpv6 type echo-request oifname eth1 counter drop");
  auto config = by('2');
  config.targets.push_back(echo_target(ip_address("2001:db8:ffff::1")));
  config.quorum = 4;
  const auto p = prober(config);
  const auto probe = one(*p);
  EXPECT_TRUE(probe.ok) << p->last_failure();
  EXPECT_EQ(probe.sent, 4);
  EXPECT_EQ(probe.answered, 4);
  ASSERT_TRUE(probe.rtt);
  EXPECT_GT(*probe.rtt, 0ms);
  EXPECT_LT(*probe.rtt, 1s);
  EXPECT_THAT(says({"nft", "list", "chain", "inet", "t", "out"}),
              testing::Not(HasSubstr("packets 1")));
}

TEST_F(ProberLab, WithoutItsRuleAStandbyCannotBeProbed) {
  // What makes the test before mean something.
  here("rule del priority 7705");
  auto config = by('2');
  config.timeout = 200ms;
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
}

TEST_F(ProberLab, TheQuorumIsEnoughAndIsNeeded) {
  filters();
  nft("add rule inet t in icmp type echo-reply ip saddr 198.51.100.1 drop");
  auto config = by('1');
  config.timeout = 10s;
  const auto well = prober(config);
  const Instant begun = Loop::now();
  EXPECT_TRUE(one(*well).ok);
  EXPECT_LT(Loop::now() - begun, 5s);  // did not wait for the one that is lost
  nft("add rule inet t in icmp type echo-reply ip saddr 198.51.100.2 drop");
  config.timeout = 200ms;
  const auto lost = prober(config);
  const auto probe = one(*lost);
  EXPECT_FALSE(probe.ok);
  EXPECT_EQ(probe.sent, 3);
  EXPECT_EQ(probe.answered, 1);
  EXPECT_THAT(lost->last_failure(), HasSubstr("1 of 3 answered within 200 ms"));
  nft("flush chain inet t in");
  EXPECT_TRUE(one(*lost).ok);
  EXPECT_EQ(lost->last_failure(), "");
}

TEST_F(ProberLab, ProbersOfOneLinkDoNotTakeEachOthersAnswers) {
  filters();
  nft("add rule inet t in icmp type echo-reply ip saddr 198.51.100.3 drop");
  auto config = by('1');
  config.quorum = 1;
  config.timeout = 300ms;
  config.targets = {echo_target(ip_address("198.51.100.3"))};
  const auto deaf = prober(config);
  config.targets = {echo_target(ip_address("198.51.100.1"))};
  std::vector<fact::Probe> others;
  RoundProber other(loop_, config,
                    [&](const Fact& fact) { others.push_back(std::get<fact::Probe>(fact)); });
  other.set_interval(20ms);
  EXPECT_FALSE(one(*deaf).ok);
  EXPECT_GE(others.size(), 3U);
  for (const auto& probe : others) EXPECT_TRUE(probe.ok);
}

TEST_F(ProberLab, WhatCannotBeSentFailsAtOnceWithTheReason) {
  filters();
  nft("add rule inet t out icmp type echo-request drop");
  auto config = by('1');
  config.timeout = 30s;
  const auto p = prober(config);
  auto probe = one(*p);
  EXPECT_FALSE(probe.ok);
  EXPECT_EQ(probe.sent, 0);
  EXPECT_THAT(p->last_failure(), HasSubstr("eth1"));
  EXPECT_THAT(p->last_failure(), HasSubstr("Operation not permitted"));
  nft("flush chain inet t out");
  EXPECT_TRUE(one(*p).ok);

  here("link set eth1 down");
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("Network is unreachable"));
}

TEST_F(ProberLab, ADeviceThatCameBackIsProbedAgain) {
  auto config = by('2');
  config.link.source_v6.reset();
  const auto p = prober(config);
  EXPECT_TRUE(one(*p).ok);
  here("link del eth2");
  EXPECT_FALSE(one(*p).ok);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("eth2"));
  cable("eth2");
  far("link set eth2 up");
  far("addr add 10.0.2.1/24 dev eth2");
  REQUIRE_OK(far_->sysctl("net/ipv4/conf/eth2/rp_filter", "0"));
  IpConfig v4_only;
  v4_only.v4 = {
      .address = *IpPrefix::parse("10.0.2.2/24"), .gateway = ip_address("10.0.2.1"), .dns = {}};
  REQUIRE_OK(tables_->apply(LinkId{2}, "eth2", v4_only));
  warm_up(config);
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
}

TEST_F(ProberLab, AnAddressThatIsNotThereIsNamed) {
  auto config = by('1');
  config.link.source_v4 = ip_address("10.0.1.99");
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("10.0.1.99 is not on this device"));
}

TEST_F(ProberLab, TargetsOfAFamilyTheLinkLacksAreLeftOut) {
  auto config = by('1');
  config.link.source_v6.reset();
  config.targets = {echo_target(ip_address("198.51.100.1")),
                    echo_target(ip_address("2001:db8:ffff::1"))};
  config.quorum = 2;
  const auto p = prober(config);
  const auto probe = one(*p);
  EXPECT_TRUE(probe.ok);
  EXPECT_EQ(probe.sent, 1);
  config.link.source_v4.reset();
  const auto none = prober(config);
  EXPECT_FALSE(one(*none).ok);
  EXPECT_THAT(none->last_failure(), HasSubstr("no target"));
}

TEST_F(ProberLab, ThePaceChangesAtOnceAndStops) {
  const auto p = prober(by('1'));
  p->set_interval(60s);
  EXPECT_TRUE(until(loop_, [this] { return seen_.size() == 1; }));  // the first at once
  p->set_interval(60s);                                             // the same pace again
  p->set_interval(50ms);
  EXPECT_TRUE(until(loop_, [this] { return seen_.size() == 6; }));
  p->set_interval(0ms);
  seen_.clear();
  until(
      loop_, [] { return false; }, 200ms);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(ProberLab, RoundsOverlapAndMissedOnesAreNotMadeUpFor) {
  filters();
  nft("add rule inet t in icmp type echo-reply drop");
  auto config = by('1');
  config.timeout = 500ms;
  const auto p = prober(config);
  const Instant begun = Loop::now();
  p->set_interval(50ms);
  // Ten rounds were begun before the first was given up: they end 50 ms after one another.
  EXPECT_TRUE(until(loop_, [this] { return seen_.size() >= 10; }));
  EXPECT_LT(Loop::now() - begun, 3s);
  p->set_interval(0ms);

  nft("flush chain inet t in");
  seen_.clear();
  p->set_interval(20ms);
  until(loop_, [this] { return !seen_.empty(); });
  ::usleep(1000000);  // a process that was busy for 50 rounds
  seen_.clear();
  until(
      loop_, [] { return false; }, 100ms);
  EXPECT_LE(seen_.size(), 10U);
  EXPECT_GE(seen_.size(), 1U);
}

TEST_F(ProberLab, MayBeDestroyedInItsOwnReport) {
  std::unique_ptr<RoundProber> p;
  int reports = 0;
  p = std::make_unique<RoundProber>(loop_, by('1'), [&](const Fact&) {
    ++reports;
    p.reset();
  });
  p->round();
  p->round();
  until(
      loop_, [] { return false; }, 200ms);
  EXPECT_EQ(reports, 1);
}

}  // namespace
}  // namespace mwan::failover
