// SPDX-License-Identifier: LGPL-2.1-or-later
// LinkTables against the kernel: what is made, what is taken away, and what is given back.
#include "netlink/link_tables.hpp"

#include <atomic>
#include <thread>

#include <arpa/inet.h>

#include "netlink/default_route_keeper.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan::netlink {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

IpPrefix prefix(const std::string& text) { return *IpPrefix::parse(text); }
IpAddress address(const std::string& text) { return *IpAddress::parse(text); }

IpConfig both(const std::string& third_v4, const std::string& group_v6) {
  IpConfig out;
  out.v4 = {.address = prefix("10.0." + third_v4 + ".2/24"),
            .gateway = address("10.0." + third_v4 + ".1"),
            .dns = {}};
  out.v6 = {.address = prefix("2001:db8:" + group_v6 + "::2/64"),
            .gateway = address("2001:db8:" + group_v6 + "::1"),
            .dns = {}};
  return out;
}

constexpr LinkId kFirst{0};
constexpr LinkId kSecond{1};

class LinkTablesLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto opened = Netlink::open();
    REQUIRE_OK(opened);
    netlink_.emplace(std::move(*opened));
    for (const char* name : {"eth1", "eth2"}) {
      cable(name);
      far("link set " + std::string(name) + " up");
    }
    start_run();
  }
  // A daemon's life: another one knows only what was kept.
  void start_run(LinkTablesConfig config = {}) {
    config.before_change = [this](const FoundState& found) { kept_ = found.to_json(); };
    tables_.emplace(*netlink_, std::move(config));
  }
  [[nodiscard]] std::string everything() const {
    std::string out;
    for (const char* family : {"-4", "-6"}) {
      out += says({"ip", family, "route", "show", "table", "all"});
      out += says({"ip", family, "rule"});
      out += says({"ip", family, "addr"});
    }
    return out;
  }
  [[nodiscard]] std::string routes(const std::string& table) const {
    return says({"ip", "route", "show", "table", table}) +
           says({"ip", "-6", "route", "show", "table", table});
  }
  [[nodiscard]] std::string way_to(const std::string& where, const std::string& from = "") const {
    std::vector<std::string> argv = {"ip", "route", "get", where};
    if (!from.empty()) argv.insert(argv.end(), {"from", from});
    return says(argv);
  }
  // A provider with its own default, as the administrator or a DHCP client made it.
  void existing_default() {
    here("addr add 10.0.1.2/24 dev eth1");
    here("link set eth1 up");
    here("route add default via 10.0.1.1 dev eth1 proto dhcp src 10.0.1.2 mtu 1400 advmss 1300");
    here("route add default via 10.0.1.9 dev eth1 metric 900");
    here("-6 addr add 2001:db8:1::2/64 dev eth1 nodad");
    here("-6 route add default via 2001:db8:1::1 dev eth1 metric 1024 pref high");
  }

  std::optional<Netlink> netlink_;
  std::optional<LinkTables> tables_;
  std::string kept_;
};

TEST_F(LinkTablesLab, ALinkGetsAddressesATableAndRules) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  EXPECT_THAT(routes("7700"),
              AllOf(HasSubstr("10.0.1.0/24 dev eth1 proto 77 scope link src 10.0.1.2"),
                    HasSubstr("default via 10.0.1.1 dev eth1 proto 77 src 10.0.1.2"),
                    HasSubstr("2001:db8:1::/64 dev eth1 proto 77"),
                    HasSubstr("default via 2001:db8:1::1 dev eth1 proto 77")));
  EXPECT_THAT(way_to("198.51.100.1", "10.0.1.2"), HasSubstr("via 10.0.1.1 dev eth1 table 7700"));
  EXPECT_THAT(way_to("2001:db8:ffff::1", "2001:db8:1::2"), HasSubstr("via 2001:db8:1::1 dev eth1"));
  // A standby is no default.
  EXPECT_THAT(routes("main"), Not(HasSubstr("default")));
}

TEST_F(LinkTablesLab, AFamilyCanGoByAnotherLinkOrByNone) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kFirst));
  const std::string together = everything();
  REQUIRE_OK(tables_->route_family(IpFamily::V6, kSecond));
  EXPECT_THAT(routes("main"), AllOf(HasSubstr("default via 10.0.1.1 dev eth1"),
                                    HasSubstr("default via 2001:db8:2::1 dev eth2")));
  // It stays so through a change of the others, and ends with it where both are one again.
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  EXPECT_THAT(routes("main"), HasSubstr("default via 2001:db8:2::1 dev eth2"));
  REQUIRE_OK(tables_->make_default(kSecond));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_EQ(everything(), together);

  REQUIRE_OK(tables_->route_family(IpFamily::V6, std::nullopt));
  EXPECT_THAT(routes("main"), AllOf(HasSubstr("default via 10.0.1.1 dev eth1"),
                                    Not(HasSubstr("default via 2001"))));
  EXPECT_THAT(routes("7700"), HasSubstr("default via 2001:db8:1::1"));
  REQUIRE_OK(tables_->make_default(kSecond));
  EXPECT_THAT(routes("main"), Not(HasSubstr("default via 2001")));
  REQUIRE_OK(tables_->make_default(kFirst));
  REQUIRE_OK(tables_->join_families());
  EXPECT_EQ(everything(), together);
}

TEST_F(LinkTablesLab, ADefaultRouteThatSomebodyRemovedOrReplacedIsPutBack) {
  Loop loop;
  auto monitor = Monitor::open(loop);
  REQUIRE_OK(monitor);
  int looks = 0;
  bool missing = false;
  const DefaultRouteKeeper keeper(loop, **monitor, [&] {
    ++looks;
    const auto kept = tables_->keep_default();
    REQUIRE_OK(kept);
    missing = missing || *kept;
  });
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kFirst));
  // Our own change is looked at and left as it is.
  REQUIRE_OK(tables_->make_default(kSecond));
  REQUIRE_OK(tables_->make_default(kFirst));
  ASSERT_TRUE(until(loop, [&] { return looks > 0; }));
  EXPECT_FALSE(missing);
  const std::string ours = routes("main");

  here("route del default");
  ASSERT_TRUE(until(loop, [&] { return missing; }));
  EXPECT_EQ(routes("main"), ours);
  here("route replace default via 10.0.2.1 dev eth2");
  missing = false;
  ASSERT_TRUE(until(loop, [&] { return missing; }));
  EXPECT_EQ(routes("main"), ours);
  here("-6 route del default");
  missing = false;
  ASSERT_TRUE(until(loop, [&] { return missing; }));
  EXPECT_EQ(routes("main"), ours);

  // Of a device that is down there can be none, and at the end there is none of ours.
  missing = false;
  here("link set eth1 down");
  const auto down = tables_->keep_default();
  REQUIRE_OK(down);
  EXPECT_FALSE(*down);
  REQUIRE_OK(tables_->restore());
  const auto ended = tables_->keep_default();
  REQUIRE_OK(ended);
  EXPECT_FALSE(*ended);
  EXPECT_THAT(routes("main"), Not(HasSubstr("default")));
}

TEST_F(LinkTablesLab, BehindTheDefaultRouteStandsWhatTheKernelFallsBackTo) {
  existing_default();
  const std::string before = everything();
  start_run({.metric = 10, .fallbacks = true});
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  EXPECT_THAT(routes("main"), Not(HasSubstr("metric 12")));  // nothing to stand behind
  REQUIRE_OK(tables_->make_default(kFirst));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  for (const char* line : {"default via 10.0.1.1 dev eth1 proto 77 src 10.0.1.2 metric 10 ",
                           "default via 10.0.1.1 dev eth1 proto 77 src 10.0.1.2 metric 11 ",
                           "default via 10.0.2.1 dev eth2 proto 77 src 10.0.2.2 metric 13 ",
                           "default via 2001:db8:2::1 dev eth2 proto 77 metric 13 "}) {
    EXPECT_THAT(routes("main"), HasSubstr(line));
  }
  const std::string first = everything();
  REQUIRE_OK(tables_->make_default(kSecond));
  EXPECT_THAT(routes("main"), HasSubstr("default via 10.0.2.1 dev eth2 proto 77 src 10.0.2.2 "
                                        "metric 11 "));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_EQ(everything(), first);

  // Somebody deletes the first: no packet takes another link.
  here("route del default metric 10");
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("dev eth1"));
  here("route del default metric 13");
  REQUIRE_OK(tables_->keep_default());
  EXPECT_EQ(everything(), first);

  // A family without a default route has nothing behind it either.
  REQUIRE_OK(tables_->route_family(IpFamily::V6, std::nullopt));
  EXPECT_THAT(routes("main"), AllOf(Not(HasSubstr("default via 2001:db8:2::1")),
                                    HasSubstr("default via 10.0.2.1")));
  REQUIRE_OK(tables_->join_families());
  EXPECT_EQ(everything(), first);

  // A link that lost a family is not the one to fall back to.
  IpConfig v4_only = both("2", "2");
  v4_only.v6.reset();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", v4_only));
  EXPECT_THAT(routes("main"), Not(HasSubstr("default via 2001:db8:2::1")));
  REQUIRE_OK(tables_->withdraw(kSecond));
  EXPECT_THAT(routes("main"), Not(HasSubstr("eth2")));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, TheKernelFallsBackWhenADeviceGoes) {
  start_run({.fallbacks = true});
  cable("eth7");
  far("link set eth7 up");
  REQUIRE_OK(tables_->apply(kFirst, "eth7", both("7", "7")));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("dev eth7"));
  here("link del eth7");
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.2.1 dev eth2 src 10.0.2.2"));
  EXPECT_THAT(way_to("2001:db8:ffff::1"), HasSubstr("via 2001:db8:2::1 dev eth2"));
  REQUIRE_OK(tables_->make_default(kSecond));
  REQUIRE_OK(tables_->withdraw(kFirst));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("dev eth2"));
  REQUIRE_OK(tables_->restore());
  EXPECT_THAT(routes("main"), Not(HasSubstr("default")));
}

// Its metric may be somebody's: it stays theirs.
TEST_F(LinkTablesLab, AFallbackTakesNobodysPlace) {
  existing_default();
  here("route add default via 10.0.1.30 dev eth1 metric 12");
  const std::string before = everything();
  start_run({.metric = 10, .fallbacks = true});
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(routes("main"), HasSubstr("default via 10.0.1.30 dev eth1 metric 12"));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, ADeviceIsItsDriversUntilItIsReleased) {
  REQUIRE_OK(tables_->note("eth1", true));
  here("link set eth1 up");  // the driver
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->withdraw(kFirst));
  EXPECT_THAT(says({"ip", "link", "show", "eth1"}), HasSubstr(",UP"));
  EXPECT_EQ(says({"cat", "/proc/sys/net/ipv6/conf/eth1/accept_ra"}), "0\n");
  EXPECT_THAT(says({"ip", "-6", "addr", "show", "dev", "eth1"}), HasSubstr("inet6 fe80::"));
  here("link set eth1 down");
  REQUIRE_OK(tables_->release("eth1"));
  EXPECT_EQ(says({"cat", "/proc/sys/net/ipv6/conf/eth1/accept_ra"}), "1\n");
  EXPECT_EQ(says({"cat", "/proc/sys/net/ipv6/conf/eth1/addr_gen_mode"}), "1\n");
  EXPECT_THAT(tables_->found().links, testing::IsEmpty());
}

TEST_F(LinkTablesLab, ALinkLocalAddressThatWasMadeForUsGoesWithUs) {
  here("link set eth1 up");
  const std::string before = everything();
  REQUIRE_OK(tables_->note("eth1", true));
  EXPECT_THAT(says({"ip", "-6", "addr", "show", "dev", "eth1"}), HasSubstr("inet6 fe80::"));
  REQUIRE_OK(tables_->release("eth1"));
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, ApplyingTwiceChangesNothing) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  const std::string once = everything();
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_EQ(everything(), once);
}

TEST_F(LinkTablesLab, ARoutersOwnAddressStillReachesTheLan) {
  cable("lan0");
  far("link set lan0 up");
  here("addr add 192.168.7.1/24 dev lan0");
  here("link set lan0 up");
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  EXPECT_THAT(way_to("192.168.7.50", "10.0.1.2"), HasSubstr("dev lan0"));
}

TEST_F(LinkTablesLab, APointToPointLinkHasAnOnLinkDefault) {
  here("tuntap add wwan0 mode tun");
  IpConfig config;
  config.v4 = {.address = prefix("10.64.3.7/32"), .gateway = std::nullopt, .dns = {}};
  config.v6 = {.address = prefix("2001:db8:64::7/64"), .gateway = std::nullopt, .dns = {}};
  config.mtu = 1430;
  REQUIRE_OK(tables_->apply(kFirst, "wwan0", config));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(routes("7700"), AllOf(HasSubstr("default dev wwan0 proto 77 scope link"),
                                    Not(HasSubstr("10.64.3.7 dev"))));  // no route to ourselves
  EXPECT_THAT(routes("main"), HasSubstr("default dev wwan0"));
  EXPECT_EQ(netlink_->link("wwan0")->mtu, 1430U);
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("dev wwan0 src 10.64.3.7"));
}

TEST_F(LinkTablesLab, AGatewayOutsideOfThePrefixIsReachedOnTheLink) {
  IpConfig config;
  config.v4 = {.address = prefix("10.9.9.9/32"), .gateway = address("172.16.0.1"), .dns = {}};
  REQUIRE_OK(tables_->apply(kFirst, "eth1", config));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(routes("main"), HasSubstr("default via 172.16.0.1 dev eth1"));
}

TEST_F(LinkTablesLab, EverythingIsGivenBackByteForByte) {
  existing_default();
  here(
      "route add default metric 50 nexthop via 10.0.1.20 dev eth1 weight 2 nexthop via 10.0.1.21 "
      "dev "
      "eth1");
  const std::string before = everything();
  const auto mtu = netlink_->link("eth2")->mtu;
  start_run({.metric = 100});
  IpConfig second = both("2", "2");
  second.mtu = 1400;
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", second));
  REQUIRE_OK(tables_->make_default(kSecond));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.2.1 dev eth2"));
  EXPECT_THAT(way_to("2001:db8:ffff::1"), HasSubstr("via 2001:db8:2::1 dev eth2"));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.1.1 dev eth1"));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(netlink_->link("eth2")->mtu, mtu);
  EXPECT_FALSE(netlink_->link("eth2")->admin_up);
  EXPECT_TRUE(netlink_->link("eth1")->admin_up);
  EXPECT_EQ(tables_->found(), FoundState{});
}

TEST_F(LinkTablesLab, ADefaultOfTheSameMetricIsReplacedAndComesBack) {
  existing_default();
  const std::string before = everything();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kSecond));
  EXPECT_THAT(routes("main"), Not(HasSubstr("mtu 1400")));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.2.1 dev eth2"));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, AfterACrashTheNextRunGivesBackTheOriginal) {
  existing_default();
  const std::string before = everything();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kSecond));
  start_run({.table_base = 8800, .rule_priority = 9000, .metric = 7});
  const auto kept = FoundState::parse(kept_);
  REQUIRE_OK(kept);
  tables_->adopt(*kept);
  // The next run may well know the link by another number.
  REQUIRE_OK(tables_->apply(kFirst, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kFirst));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.2.1 dev eth2"));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, AfterACrashRestoreAloneIsEnough) {
  existing_default();
  const std::string before = everything();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kSecond));
  start_run();
  tables_->adopt(*FoundState::parse(kept_));
  REQUIRE_OK(tables_->restore());
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, WithdrawTakesBackOneLinkAndOnlyThat) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  const std::string before = everything();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->withdraw(kSecond));
  EXPECT_EQ(everything(), before);
}

TEST_F(LinkTablesLab, AnAddressThatWasThereStays) {
  here("addr add 10.0.1.2/24 dev eth1");
  here("link set eth1 up");
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->withdraw(kFirst));
  EXPECT_THAT(says({"ip", "addr", "show", "dev", "eth1"}),
              AllOf(HasSubstr("10.0.1.2/24"), Not(HasSubstr("2001:db8")), HasSubstr(",UP")));
}

TEST_F(LinkTablesLab, RenumberingInTheSamePrefixKeepsTheNewAddressAndTheRoutes) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  IpConfig renumbered = both("1", "1");
  renumbered.v4->address = prefix("10.0.1.77/24");
  renumbered.v6->address = prefix("2001:db8:1::77/64");
  REQUIRE_OK(tables_->apply(kFirst, "eth1", renumbered));
  EXPECT_THAT(everything(), AllOf(HasSubstr("inet 10.0.1.77/24"), Not(HasSubstr("10.0.1.2 ")),
                                  Not(HasSubstr("10.0.1.2/")), Not(HasSubstr("2001:db8:1::2"))));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.1.1 dev eth1 src 10.0.1.77"));
  EXPECT_THAT(way_to("198.51.100.1", "10.0.1.77"), HasSubstr("table 7700"));
  EXPECT_EQ(netlink_->promotes_secondaries(*netlink_->link("eth1")), false);
}

TEST_F(LinkTablesLab, RenumberingToAnotherPrefixAndLosingAFamily) {
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  IpConfig renumbered = both("8", "8");
  renumbered.v6.reset();
  REQUIRE_OK(tables_->apply(kFirst, "eth1", renumbered));
  EXPECT_THAT(everything(), AllOf(Not(HasSubstr("10.0.1.")), Not(HasSubstr("2001:db8:1"))));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.8.1 dev eth1 src 10.0.8.2"));
}

TEST_F(LinkTablesLab, ADeviceThatVanishedLeavesNothingBehind) {
  const std::string before = everything();
  cable("eth7");
  REQUIRE_OK(tables_->apply(kFirst, "eth7", both("7", "7")));
  REQUIRE_OK(tables_->make_default(kFirst));
  here("link del eth7");
  REQUIRE_OK(tables_->withdraw(kFirst));
  EXPECT_EQ(everything(), before);
  EXPECT_TRUE(tables_->found().links.empty());
}

TEST_F(LinkTablesLab, ADeviceThatCameBackIsAppliedAnew) {
  cable("eth7");
  REQUIRE_OK(tables_->apply(kFirst, "eth7", both("7", "7")));
  REQUIRE_OK(tables_->make_default(kFirst));
  here("link del eth7");
  cable("eth7");
  REQUIRE_OK(tables_->apply(kFirst, "eth7", both("7", "7")));
  EXPECT_EQ(tables_->active(), kFirst);
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.7.1 dev eth7"));
  REQUIRE_OK(tables_->withdraw(kFirst));
  EXPECT_FALSE(netlink_->link("eth7")->admin_up);
}

TEST_F(LinkTablesLab, ADefaultWhoseDeviceIsGoneIsReportedAndTheRestIsGivenBack) {
  cable("eth7");
  here("link set eth7 up");
  here("route add default dev eth7");
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->make_default(kFirst));
  here("link del eth7");
  const auto status = tables_->restore();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), AllOf(HasSubstr("default dev eth7"), HasSubstr("gone")));
  EXPECT_THAT(everything(), Not(HasSubstr("10.0.1")));
}

TEST_F(LinkTablesLab, ADefaultThatSomebodyMadeMeanwhileIsWhatComesBack) {
  existing_default();
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  REQUIRE_OK(tables_->make_default(kSecond));
  here("route replace default via 10.0.1.50 dev eth1 proto dhcp");  // takes the place of ours
  REQUIRE_OK(tables_->make_default(kSecond));
  EXPECT_THAT(way_to("198.51.100.1"), HasSubstr("via 10.0.2.1 dev eth2"));
  REQUIRE_OK(tables_->restore());
  EXPECT_THAT(routes("main"), AllOf(HasSubstr("default via 10.0.1.50 dev eth1 proto dhcp"),
                                    Not(HasSubstr("default via 10.0.1.1 "))));
}

TEST_F(LinkTablesLab, WhatCannotWorkIsRefusedWithTheLinkNamed) {
  const auto missing = tables_->apply(kFirst, "eth9", both("1", "1"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().failure, FailureClass::Gone);
  EXPECT_THAT(missing.error().text(), HasSubstr("link 0 (eth9)"));
  IpConfig mixed = both("1", "1");
  mixed.v4->gateway = address("2001:db8::1");
  EXPECT_FALSE(tables_->apply(kFirst, "eth1", mixed));
  EXPECT_FALSE(tables_->make_default(kSecond));
  EXPECT_FALSE(kept_.find("eth9") != std::string::npos);
}

// From another thread, as fast as it can: is there a way to the world at this moment?
class Watchdog {
 public:
  explicit Watchdog(const lab::NetNs& netns) : thread_([this, &netns] { watch(netns); }) {}
  ~Watchdog() { stop(); }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::atomic<long> looked{0};
  std::atomic<long> holes{0};

 private:
  void watch(const lab::NetNs& netns) {
    ASSERT_EQ(::setns(netns.fd(), CLONE_NEWNET), 0);
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int fd6 = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    inet_pton(AF_INET, "198.51.100.1", &to.sin_addr);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_port = htons(9);
    inet_pton(AF_INET6, "2001:db8:ffff::1", &to6.sin6_addr);
    const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
    while (!stop_) {
      // Connecting a datagram socket looks the route up and sends nothing.
      if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) ++holes;
      std::ignore = ::connect(fd, &nowhere, sizeof nowhere);
      if (::connect(fd6, reinterpret_cast<sockaddr*>(&to6), sizeof to6) != 0) ++holes;
      std::ignore = ::connect(fd6, &nowhere, sizeof nowhere);
      ++looked;
    }
    ::close(fd);
    ::close(fd6);
  }
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(LinkTablesLab, ThereIsADefaultRouteAtEveryMoment) {
  existing_default();
  here("route del default metric 900");  // it would fill a hole
  REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
  Watchdog watchdog(*here_);
  while (watchdog.looked < 100) std::this_thread::yield();
  for (int i = 0; i < 300; ++i) {
    REQUIRE_OK(tables_->make_default(kSecond));
    REQUIRE_OK(tables_->make_default(kFirst));
    IpConfig renumbered = both("1", "1");
    renumbered.v4->address = prefix(i % 2 == 0 ? "10.0.1.30/24" : "10.0.1.31/24");
    REQUIRE_OK(tables_->apply(kFirst, "eth1", renumbered));
    if (i % 50 == 49) {
      REQUIRE_OK(tables_->restore());
    }
    REQUIRE_OK(tables_->apply(kSecond, "eth2", both("2", "2")));
    REQUIRE_OK(tables_->apply(kFirst, "eth1", both("1", "1")));
  }
  REQUIRE_OK(tables_->make_default(kSecond));
  REQUIRE_OK(tables_->withdraw(kFirst));
  watchdog.stop();
  RecordProperty("looked", std::to_string(watchdog.looked));
  EXPECT_GT(watchdog.looked, 300);
  EXPECT_EQ(watchdog.holes, 0);
}

}  // namespace
}  // namespace mwan::netlink
