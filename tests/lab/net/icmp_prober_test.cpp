// SPDX-License-Identifier: LGPL-2.1-or-later
// The prober over real cables, through the tables of real links.
#include "failover/probe/icmp_prober.hpp"

#include <algorithm>

#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "netlink/link_tables.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

IpAddress address(const std::string& text) { return *IpAddress::parse(text); }

// Two providers, eth1 and eth2, that both reach the targets; eth1 carries the default route.
class IcmpProberLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    far("addr add 198.51.100.1/32 dev lo");
    far("addr add 198.51.100.2/32 dev lo");
    far("addr add 198.51.100.3/32 dev lo");
    far("-6 addr add 2001:db8:ffff::1/128 dev lo nodad");
    REQUIRE_OK(far_->sysctl("net/ipv4/conf/all/rp_filter", "0"));
    for (const char* which : {"all", "default"}) {
      REQUIRE_OK(here_->sysctl(std::string("net/ipv4/conf/") + which + "/rp_filter", "1"));
    }
    auto opened = netlink::Netlink::open();
    REQUIRE_OK(opened);
    netlink_.emplace(std::move(*opened));
    tables_.emplace(*netlink_, netlink::LinkTablesConfig{});
    for (const char number : {'1', '2'}) {
      const std::string name = std::string("eth") + number;
      cable(name);
      REQUIRE_OK(here_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "1"));
      REQUIRE_OK(far_->sysctl("net/ipv4/conf/" + name + "/rp_filter", "0"));
      far("link set " + name + " up");
      far(std::string("addr add 10.0.") + number + ".1/24 dev " + name);
      far(std::string("-6 addr add 2001:db8:") + number + "::1/64 dev " + name + " nodad");
      IpConfig config;
      config.v4 = {.address = *IpPrefix::parse(std::string("10.0.") + number + ".2/24"),
                   .gateway = address(std::string("10.0.") + number + ".1"),
                   .dns = {}};
      config.v6 = {.address = *IpPrefix::parse(std::string("2001:db8:") + number + "::2/64"),
                   .gateway = address(std::string("2001:db8:") + number + "::1"),
                   .dns = {}};
      REQUIRE_OK(tables_->apply(LinkId{static_cast<std::uint16_t>(number - '0')}, name, config));
    }
    REQUIRE_OK(tables_->make_default(LinkId{1}));
    for (const char number : {'1', '2'}) {
      auto config = by(number);
      config.targets = {address("198.51.100.1"), address("2001:db8:ffff::1")};
      warm_up(config);
    }
    seen_.clear();
  }
  static IcmpProberConfig by(char number) {
    return {.netdev = std::string("eth") + number,
            .source_v4 = address(std::string("10.0.") + number + ".2"),
            .source_v6 = address(std::string("2001:db8:") + number + "::2"),
            .targets = {address("198.51.100.1"), address("198.51.100.2"), address("198.51.100.3")},
            .quorum = 2,
            .timeout = 1s};
  }
  std::unique_ptr<IcmpProber> prober(IcmpProberConfig config) {
    return std::make_unique<IcmpProber>(loop_, std::move(config),
                                        [this](fact::Probe probe) { seen_.push_back(probe); });
  }
  // One round to its report.
  fact::Probe one(IcmpProber& prober) {
    seen_.clear();
    prober.round();
    EXPECT_TRUE(seen_.empty()) << "reported from inside the call";
    EXPECT_TRUE(until(loop_, [this] { return !seen_.empty(); }));
    return seen_.empty() ? fact::Probe{} : seen_.front();
  }
  // A device that was just set up loses its first packets: the kernel attaches its queue a little
  // later, and asks for a neighbour again only after a second.
  void warm_up(const IcmpProberConfig& config) {
    const auto p = prober(config);
    for (int i = 0; i < 10; ++i) {
      if (one(*p).ok) return;
    }
    ADD_FAILURE() << p->last_failure();
  }
  // A filter here: nft chains `in` and `out`.
  void nft(const std::string& command) const {
    const auto done = lab::run(&*here_, {"nft", command});
    REQUIRE_OK(done);
  }
  void filters() const {
    nft("add table inet t");
    nft("add chain inet t in { type filter hook prerouting priority -300; }");
    nft("add chain inet t out { type filter hook output priority 0; }");
  }

  Loop loop_;
  std::optional<netlink::Netlink> netlink_;
  std::optional<netlink::LinkTables> tables_;
  std::vector<fact::Probe> seen_;
};

TEST_F(IcmpProberLab, AStandbyIsProbedThroughItselfUnderStrictRpFilter) {
  filters();
  nft("add rule inet t out icmp type echo-request oifname eth1 counter drop");
  nft("add rule inet t out icmpv6 type echo-request oifname eth1 counter drop");
  auto config = by('2');
  config.targets.push_back(address("2001:db8:ffff::1"));
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

TEST_F(IcmpProberLab, WithoutItsRuleAStandbyCannotBeProbed) {
  // What makes the test before mean something.
  here("rule del priority 7705");
  auto config = by('2');
  config.timeout = 200ms;
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
}

TEST_F(IcmpProberLab, TheQuorumIsEnoughAndIsNeeded) {
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

// A link whose far end is the test itself: what it answers, and when, is chosen packet by packet.
class ScriptedLink {
 public:
  using Packet = std::vector<std::uint8_t>;

  explicit ScriptedLink(const std::string& name)
      : fd_(::open("/dev/net/tun", O_RDWR | O_NONBLOCK)) {
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    EXPECT_EQ(::ioctl(fd_.get(), TUNSETIFF, &request), 0);
  }
  // The next IPv4 packet that was sent into the link.
  Packet take() const {
    for (int i = 0; i < 1000; ++i) {
      Packet packet(2000);
      const auto size = ::read(fd_.get(), packet.data(), packet.size());
      if (size > 0 && packet[0] == 0x45) {
        packet.resize(static_cast<std::size_t>(size));
        return packet;
      }
      if (size < 0) ::usleep(1000);
    }
    ADD_FAILURE() << "nothing was sent";
    return Packet(36);
  }
  void give(const Packet& packet) const {
    EXPECT_EQ(::write(fd_.get(), packet.data(), packet.size()),
              static_cast<ssize_t>(packet.size()));
  }
  // What the host at the other end says to a request; change() makes it something else before the
  // checksum is made.
  static Packet reply_to(Packet packet, const std::function<void(Packet&)>& change = nullptr) {
    std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
    packet[20] = 0;
    if (change) change(packet);
    packet[22] = packet[23] = 0;
    unsigned sum = 0;
    for (std::size_t i = 20; i + 1 < packet.size(); i += 2) sum += packet[i] << 8U | packet[i + 1];
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    packet[22] = static_cast<std::uint8_t>(~sum >> 8U);
    packet[23] = static_cast<std::uint8_t>(~sum);
    // The checksum of the IPv4 header is the same with the addresses swapped.
    return packet;
  }

 private:
  lab::UniqueFd fd_;
};

class ScriptedProbe : public IcmpProberLab {
 protected:
  void SetUp() override {
    IcmpProberLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    link_.emplace("wwan0");
    IpConfig config;
    config.v4 = {.address = *IpPrefix::parse("10.64.0.2/32"), .gateway = std::nullopt, .dns = {}};
    REQUIRE_OK(tables_->apply(LinkId{3}, "wwan0", config));
  }
  std::unique_ptr<IcmpProber> scripted(Duration timeout) {
    return prober({.netdev = "wwan0",
                   .source_v4 = address("10.64.0.2"),
                   .source_v6 = std::nullopt,
                   .targets = {address("198.51.100.1"), address("198.51.100.2")},
                   .quorum = 2,
                   .timeout = timeout});
  }
  bool reported() {
    return until(loop_, [this] { return !seen_.empty(); });
  }
  std::optional<ScriptedLink> link_;
};

TEST_F(ScriptedProbe, AnswersThatComeTooLateAreNotCounted) {
  const auto p = scripted(100ms);
  p->round();
  const auto first = link_->take();
  const auto second = link_->take();
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 1);
  EXPECT_FALSE(seen_.front().ok);
  // The next round gets what the one before was waiting for, and nothing else.
  seen_.clear();
  p->round();
  link_->give(ScriptedLink::reply_to(first));
  link_->give(ScriptedLink::reply_to(second));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 0);
}

TEST_F(ScriptedProbe, ForeignAnswersAreNotCounted) {
  const auto p = scripted(200ms);
  p->round();
  const auto first = link_->take();
  using Packet = ScriptedLink::Packet;
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[24] ^= 1; }));     // another id
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[26] ^= 0x7f; }));  // sequence
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[35] ^= 1; }));     // another token
  link_->give(ScriptedLink::reply_to(first, [](Packet& b) { b[20] = 8; }));      // a request
  auto damaged = ScriptedLink::reply_to(first);
  damaged[23] ^= 1;
  link_->give(damaged);
  auto other_host = ScriptedLink::reply_to(first);
  // From 198.51.101.1: one half of the address grows by 0x0100 and the header's sum shrinks by it.
  other_host[14] += 1;
  other_host[10] -= 1;
  link_->give(other_host);
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().sent, 2);
  EXPECT_EQ(seen_.front().answered, 0);
}

TEST_F(ScriptedProbe, ASecondCopyOfAnAnswerIsNotCounted) {
  const auto p = scripted(200ms);
  p->round();
  const auto first = link_->take();
  link_->give(ScriptedLink::reply_to(first));
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_EQ(seen_.front().answered, 1);
  EXPECT_FALSE(seen_.front().ok);
}

TEST_F(ScriptedProbe, AnswersInAnyOrderMakeARoundGood) {
  const auto p = scripted(5s);
  p->round();
  const auto first = link_->take();
  const auto second = link_->take();
  link_->give(ScriptedLink::reply_to(second));
  link_->give(ScriptedLink::reply_to(first));
  ASSERT_TRUE(reported());
  EXPECT_TRUE(seen_.front().ok);
}

TEST_F(IcmpProberLab, ProbersOfOneLinkDoNotTakeEachOthersAnswers) {
  filters();
  nft("add rule inet t in icmp type echo-reply ip saddr 198.51.100.3 drop");
  auto config = by('1');
  config.quorum = 1;
  config.timeout = 300ms;
  config.targets = {address("198.51.100.3")};
  const auto deaf = prober(config);
  config.targets = {address("198.51.100.1")};
  std::vector<fact::Probe> others;
  IcmpProber other(loop_, config, [&](fact::Probe probe) { others.push_back(probe); });
  other.set_interval(20ms);
  EXPECT_FALSE(one(*deaf).ok);
  EXPECT_GE(others.size(), 3U);
  for (const auto& probe : others) EXPECT_TRUE(probe.ok);
}

TEST_F(IcmpProberLab, WhatCannotBeSentFailsAtOnceWithTheReason) {
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

TEST_F(IcmpProberLab, ADeviceThatCameBackIsProbedAgain) {
  auto config = by('2');
  config.source_v6.reset();
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
      .address = *IpPrefix::parse("10.0.2.2/24"), .gateway = address("10.0.2.1"), .dns = {}};
  REQUIRE_OK(tables_->apply(LinkId{2}, "eth2", v4_only));
  warm_up(config);
  EXPECT_TRUE(one(*p).ok) << p->last_failure();
}

TEST_F(IcmpProberLab, AnAddressThatIsNotThereIsNamed) {
  auto config = by('1');
  config.source_v4 = address("10.0.1.99");
  const auto p = prober(config);
  EXPECT_FALSE(one(*p).ok);
  EXPECT_THAT(p->last_failure(), HasSubstr("10.0.1.99 is not on this device"));
}

TEST_F(IcmpProberLab, TargetsOfAFamilyTheLinkLacksAreLeftOut) {
  auto config = by('1');
  config.source_v6.reset();
  config.targets = {address("198.51.100.1"), address("2001:db8:ffff::1")};
  config.quorum = 2;
  const auto p = prober(config);
  const auto probe = one(*p);
  EXPECT_TRUE(probe.ok);
  EXPECT_EQ(probe.sent, 1);
  config.source_v4.reset();
  const auto none = prober(config);
  EXPECT_FALSE(one(*none).ok);
  EXPECT_THAT(none->last_failure(), HasSubstr("no target"));
}

TEST_F(IcmpProberLab, ThePaceChangesAtOnceAndStops) {
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

TEST_F(IcmpProberLab, RoundsOverlapAndMissedOnesAreNotMadeUpFor) {
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

TEST_F(IcmpProberLab, MayBeDestroyedInItsOwnReport) {
  std::unique_ptr<IcmpProber> p;
  int reports = 0;
  p = std::make_unique<IcmpProber>(loop_, by('1'), [&](fact::Probe) {
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
