// SPDX-License-Identifier: LGPL-2.1-or-later
// IPv6 from router advertisements and DHCPv6, beside IPv4: the real daemon, dhcpcd and dnsmasq.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>

#include <gmock/gmock.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/unique_fd.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/links/link_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kWired = "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESSING=dhcp\n";
constexpr const char* kSecond = "KIND=ethernet\nPRIORITY=2\nNETDEV=eth2\nADDRESSING=dhcp\n";
constexpr const char* kTarget6 = "2001:db8:ffff::10";
// The kernel's own reading of advertisements, at its most eager.
constexpr std::array<const char*, 2> kConf = {"accept_ra", "addr_gen_mode"};

std::string prefix(int provider, int network = 0) {
  return "2001:db8:" + std::to_string(provider) + (network == 0 ? "" : std::to_string(network)) +
         "::";
}

// How the addresses of it begin.
std::string net(int provider, int network = 0) {
  const std::string text = prefix(provider, network);
  return text.substr(0, text.size() - 1);
}

// A router advertisement of 2001:db8:666::/64, with the given hop limit, out of cpe0.
Status advertise(const NetNs& netns, int hop_limit, std::uint16_t lifetime) {
  return netns.inside([&]() -> Status {
    const auto refuse = [] { return failed(FailureClass::Transient, "RA", std::strerror(errno)); };
    const UniqueFd fd(::socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
    if (!fd) return refuse();
    std::array<std::uint8_t, 48> message{134, 0, 0, 0, 64, 0};
    message[6] = static_cast<std::uint8_t>(lifetime >> 8U);
    message[7] = static_cast<std::uint8_t>(lifetime);
    message[5] = 0x08;  // preferred over others
    message[16] = 3;
    message[17] = 4;
    message[18] = 64;
    message[19] = 0xc0;
    message[22] = message[26] = 0x10;  // 4096 s
    constexpr std::array<std::uint8_t, 6> network = {0x20, 0x01, 0x0d, 0xb8, 0x06, 0x66};
    std::ranges::copy(network, message.begin() + 32);
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_addr.s6_addr[0] = 0xff;
    to.sin6_addr.s6_addr[1] = 0x02;
    to.sin6_addr.s6_addr[15] = 1;
    to.sin6_scope_id = if_nametoindex("cpe0");
    if (setsockopt(fd.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hop_limit, sizeof hop_limit) !=
            0 ||
        ::sendto(fd.get(), message.data(), message.size(), 0,
                 reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) {
      return refuse();
    }
    return {};
  });
}

class Ipv6Lab : public LinkLab {
 protected:
  void SetUp() override {
    if (::access("/usr/sbin/dhcpcd", X_OK) != 0 || ::access("/usr/sbin/dnsmasq", X_OK) != 0) {
      GTEST_SKIP() << "needs dhcpcd-base and dnsmasq-base";
    }
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    settings("");
    add(1);
    write_profile("wired", kWired);
  }
  void settings(const std::string& more) {
    REQUIRE_OK(write_file(config() / "settings",
                          std::string("PROBE_TARGETS=198.51.100.10,") + kTarget6 +
                              "\nNAT=nftables\nLOG_LEVEL=debug\nFAILBACK_STABLE_S=2\nDWELL_S=1\n" +
                              more));
  }
  void add(int number) {
    add_provider(number);
    const NetNs& netns = provider(number);
    REQUIRE_OK(ip(netns, "addr add fe80::1/64 dev cpe0 nodad"));
    REQUIRE_OK(ip(netns, "addr add " + prefix(number) + "1/64 dev cpe0 nodad"));
    REQUIRE_OK(ip(netns, std::string("addr add ") + kTarget6 + "/128 dev lo nodad"));
    // Whatever this machine's default is, this is what the kernel would follow.
    REQUIRE_OK(router().sysctl("net/ipv6/conf/eth" + std::to_string(number) + "/accept_ra", "2"));
  }
  void advertising(int number, const std::string& network, const std::string& mode = "ra-only",
                   const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"--enable-ra",
                                          "--dhcp-range=" + network + "," + mode + ",64,3600"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    serve({.number = number}, arguments);
  }
  // Two providers with both families, and a profile for each.
  void offer_both() {
    advertising(1, prefix(1));
    add(2);
    advertising(2, prefix(2));
    write_profile("second", kSecond);
  }
  void up() {
    start_daemon();
    ASSERT_TRUE(says("wired is good"));
    ASSERT_TRUE(eth("eth1", net(1))) << log();
    // The link-local address has been checked for duplicates: nothing changes by itself any more.
    ASSERT_TRUE(eventually("-6 addr show dev eth1", Not(HasSubstr("tentative"))));
  }
  bool eth(const std::string& device, const std::string& start) {
    return eventually("-6 addr show dev " + device + " scope global", HasSubstr("inet6 " + start));
  }
  template <class Matcher>
  bool eventually(const std::string& arguments, const Matcher& matcher) {
    const testing::Matcher<std::string> m(matcher);
    return wait_until(20s, [&] { return m.Matches(ip_says(arguments)); });
  }
  // What the kernel has been told about making addresses by itself.
  std::string conf(const std::string& device) {
    std::string out;
    for (const char* name : kConf) {
      const auto text = run(&router(), {"cat", "/proc/sys/net/ipv6/conf/" + device + "/" + name});
      out += text ? *text : text.error().text();
    }
    return out;
  }
};

TEST_F(Ipv6Lab, BothFamiliesComeUpInTheLinksOwnTable) {
  advertising(1, prefix(1));
  const auto before = network();
  const std::string conf_before = conf("eth1");
  up();
  EXPECT_THAT(ip_says("-6 route show table 1100"), AllOf(HasSubstr("default via fe80::1 dev eth1"),
                                                         HasSubstr(prefix(1) + "/64 dev eth1")));
  EXPECT_THAT(ip_says("-6 rule"), HasSubstr("lookup 1100"));
  EXPECT_TRUE(
      eventually("-6 route show default", HasSubstr("default via fe80::1 dev eth1 proto 77")));
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("default via 10.1.0.1 dev eth1"));
  // The kernel has made nothing of what it heard.
  EXPECT_THAT(ip_says("-6 route show table all proto ra"), IsEmpty());
  EXPECT_THAT(ip_says("-6 addr show dev eth1 dynamic"), IsEmpty());
  const auto path = run(&router(), {"ping", "-6", "-c", "1", "-W", "2", kTarget6});
  EXPECT_TRUE(path) << path.error().text();
  stop_daemon();
  EXPECT_EQ(network(), before);
  EXPECT_EQ(conf("eth1"), conf_before);
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(Ipv6Lab, TheAddressIsTheSameTheNextTime) {
  advertising(1, prefix(1));
  up();
  const std::string first = ip_says("-6 -o addr show dev eth1 scope global");
  stop_daemon();
  const std::size_t then = mark();
  start_daemon();
  ASSERT_TRUE(says("wired is good", then));
  ASSERT_TRUE(eth("eth1", net(1)));
  EXPECT_EQ(ip_says("-6 -o addr show dev eth1 scope global"), first);
  stop_daemon();
}

TEST_F(Ipv6Lab, BothDefaultRoutesMoveTogether) {
  offer_both();
  up();
  ASSERT_TRUE(says("second is good"));
  ASSERT_TRUE(eth("eth2", net(2)));
  REQUIRE_OK(provider(1).set_link("cpe0", false));
  EXPECT_TRUE(eventually("-4 route get 198.51.100.99", HasSubstr("via 10.2.0.1 dev eth2")));
  EXPECT_TRUE(eventually("-6 route get 2001:db8:99::1", HasSubstr("via fe80::1 dev eth2")));
  // And back, on a device that was found down and lost its lease meanwhile.
  const std::size_t then = mark();
  REQUIRE_OK(provider(1).set_link("cpe0", true));
  REQUIRE_OK(ip(provider(1), "addr add fe80::1/64 dev cpe0 nodad"));
  REQUIRE_OK(ip(provider(1), "addr add " + prefix(1) + "1/64 dev cpe0 nodad"));
  ASSERT_TRUE(says("wired is good", then));
  EXPECT_TRUE(eventually("-4 route get 198.51.100.99", HasSubstr("dev eth1")));
  EXPECT_TRUE(eventually("-6 route get 2001:db8:99::1", HasSubstr("dev eth1")));
  stop_daemon();
}

TEST_F(Ipv6Lab, RenumberingIsOneFactAndNoFlap) {
  advertising(1, prefix(1));
  up();
  sleep_for(1s);
  const std::size_t decided = decisions();
  REQUIRE_OK(ip(provider(1), "addr add " + prefix(1, 9) + "1/64 dev cpe0 nodad"));
  advertising(1, prefix(1, 9));
  ASSERT_TRUE(eth("eth1", net(1, 9))) << log();
  EXPECT_TRUE(eventually("-6 addr show dev eth1", Not(HasSubstr("inet6 " + net(1)))));
  EXPECT_THAT(ip_says("-6 rule"), Not(HasSubstr("from " + net(1))));
  EXPECT_THAT(ip_says("-6 route show table 1100"), HasSubstr(prefix(1, 9) + "/64"));
  expect_one_change("wired", decided);
  stop_daemon();
}

TEST_F(Ipv6Lab, ARouterThatResignsTakesIPv6WithItAndNothingElse) {
  advertising(1, prefix(1));
  up();
  ASSERT_TRUE(eventually("-6 route show default", HasSubstr("dev eth1")));
  advertising(1, prefix(1), "ra-only", {"--ra-param=cpe0,0,0"});
  EXPECT_TRUE(eventually("-6 route show default", Not(HasSubstr("dev eth1")))) << log();
  EXPECT_TRUE(eventually("-6 addr show dev eth1 scope global", IsEmpty()));
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("default via 10.1.0.1 dev eth1"));
  EXPECT_THAT(log(), Not(HasSubstr("wired is down")));
  stop_daemon();
}

TEST_F(Ipv6Lab, AnAdvertisementFromBeyondTheLinkIsNotBelieved) {
  advertising(1, prefix(1));
  up();
  const std::string before = ip_says("-6 addr show dev eth1") + ip_says("-6 route show table all");
  REQUIRE_OK(advertise(provider(1), 64, 1800));
  ASSERT_TRUE(says("its hop limit is 64"));
  REQUIRE_OK(advertise(provider(1), 64, 0));
  sleep_for(1s);
  EXPECT_EQ(ip_says("-6 addr show dev eth1") + ip_says("-6 route show table all"), before);
  // The same from this link would have been: the router's own prefix is left out of two.
  for (int i = 0; i < 2; ++i) REQUIRE_OK(advertise(provider(1), 255, 1800));
  EXPECT_TRUE(eth("eth1", "2001:db8:666:"));
  stop_daemon();
}

TEST_F(Ipv6Lab, ASecondAdvertisedLinkNeverDisturbsTheFirst) {
  advertising(1, prefix(1));
  up();
  const auto of_first = [this] {
    return ip_says("-6 addr show dev eth1") + ip_says("-6 route show table 1100") +
           ip_says("-6 route show dev eth1") + ip_says("-6 route show default dev eth1") +
           ip_says("-6 route get 2001:db8:ffff::1") + ip_says("-6 rule show table 1100");
  };
  ASSERT_TRUE(eventually("-6 route show default", HasSubstr("dev eth1")));
  const std::string first = of_first();
  const std::size_t decided = decisions();
  add(2);
  advertising(2, prefix(2));
  write_profile("second", kSecond);
  daemon().signal(SIGHUP);
  ASSERT_TRUE(says("second is good"));
  ASSERT_TRUE(eth("eth2", net(2)));
  EXPECT_EQ(of_first(), first);
  REQUIRE_OK(ip(provider(2), "addr add " + prefix(2, 9) + "1/64 dev cpe0 nodad"));
  advertising(2, prefix(2, 9));
  ASSERT_TRUE(eth("eth2", net(2, 9)));
  EXPECT_EQ(of_first(), first);
  stop_serving(2);
  REQUIRE_OK(provider(2).set_link("cpe0", false));
  ASSERT_TRUE(says("second is down: no carrier"));
  EXPECT_EQ(of_first(), first);
  const std::string found = conf("eth2");
  remove_profile("second");
  daemon().signal(SIGHUP);
  ASSERT_TRUE(says("second: no longer in the configuration"));
  EXPECT_TRUE(wait_until(20s, [&] { return conf("eth2") != found; }));
  EXPECT_EQ(conf("eth2"), "2\n1\n");
  EXPECT_EQ(of_first(), first);
  EXPECT_THAT(facts("wired", decided), Not(Contains("addressing_lost")));
  stop_daemon();
}

TEST_F(Ipv6Lab, Dhcpv6IsAskedWhenTheRouterSaysSo) {
  serve({}, {"--enable-ra", "--dhcp-range=" + prefix(1) + "100," + prefix(1) + "1ff,64,120"});
  const auto before = network();
  up();
  EXPECT_THAT(ip_says("-6 addr show dev eth1 scope global"), HasSubstr(prefix(1) + "1"));
  EXPECT_THAT(ip_says("-6 addr show dev eth1 scope global"), HasSubstr("/128 scope global"));
  EXPECT_THAT(ip_says("-6 route show table 1100"), HasSubstr("default via fe80::1 dev eth1"));
  EXPECT_TRUE(eventually("-6 route show default", HasSubstr("default via fe80::1 dev eth1")));
  stop_daemon();
  EXPECT_EQ(network(), before);
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(Ipv6Lab, ALinkMayHaveIPv6Alone) {
  write_profile("wired", "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nIPV6=auto\n");
  settings("");
  const auto before = network();
  start_daemon();
  ASSERT_TRUE(says("no router advertised itself on eth1 within 20 s"));
  advertising(1, prefix(1));
  ASSERT_TRUE(says("wired is good"));
  EXPECT_TRUE(eventually("-6 route show default", HasSubstr("default via fe80::1 dev eth1")));
  EXPECT_THAT(ip_says("-4 route show default"), IsEmpty());
  // Renumbered, no probe is lost over it.
  const std::size_t then = mark();
  REQUIRE_OK(ip(provider(1), "addr add " + prefix(1, 9) + "1/64 dev cpe0 nodad"));
  advertising(1, prefix(1, 9));
  ASSERT_TRUE(eth("eth1", net(1, 9))) << log();
  sleep_for(2s);
  EXPECT_THAT(log().substr(then), Not(HasSubstr("wired is down")));
  advertising(1, prefix(1, 9), "ra-only", {"--ra-param=cpe0,0,0"});
  EXPECT_TRUE(says("wired is down"));
  stop_daemon();
  EXPECT_EQ(network(), before);
}

TEST_F(Ipv6Lab, ALineWithoutIPv4IsUsedAfterAWhile) {
  // dnsmasq answers no DHCP request without a range for it.
  auto server = Process::start(
      {{"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
        "--leasefile-ro", "--user=root", "--pid-file=", "--interface=cpe0", "--bind-interfaces",
        "--enable-ra", "--dhcp-range=" + prefix(1) + ",ra-only,64,3600"},
       &provider(1),
       {},
       {}});
  REQUIRE_OK(server);
  start_daemon();
  ASSERT_TRUE(says("wired is good"));
  EXPECT_TRUE(eventually("-6 route show default", HasSubstr("dev eth1")));
  stop_daemon();
}

TEST_F(Ipv6Lab, WithoutAnswersIPv6IsWithdrawnAndTheLinkStays) {
  advertising(1, prefix(1));
  up();
  ASSERT_TRUE(eventually("-6 route show default", HasSubstr("dev eth1")));
  REQUIRE_OK(ip(provider(1), std::string("addr del ") + kTarget6 + "/128 dev lo"));
  ASSERT_TRUE(says("default route of IPv6 withdrawn: wired: IPv6 gets no answer"));
  EXPECT_THAT(ip_says("-6 route show default"), IsEmpty());
  EXPECT_THAT(ip_says("-6 route show table 1100"), HasSubstr("default via fe80::1"));
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("dev eth1"));
  REQUIRE_OK(ip(provider(1), std::string("addr add ") + kTarget6 + "/128 dev lo nodad"));
  ASSERT_TRUE(says("default route of IPv6 to wired"));
  EXPECT_THAT(ip_says("-6 route show default"), HasSubstr("dev eth1"));
  EXPECT_THAT(log(), Not(HasSubstr("wired is down")));
  stop_daemon();
}

TEST_F(Ipv6Lab, WithoutIPv4TheLinkIsLeftForOneThatHasIt) {
  offer_both();
  up();
  ASSERT_TRUE(says("second is good"));
  REQUIRE_OK(ip(provider(1), "addr del 198.51.100.10/32 dev lo"));
  ASSERT_TRUE(says("wired is down: IPv4 gets no answer, only IPv6 does"));
  EXPECT_TRUE(eventually("-4 route show default", HasSubstr("dev eth2")));
  EXPECT_TRUE(eventually("-6 route show default", HasSubstr("dev eth2")));
  stop_daemon();
}

TEST_F(Ipv6Lab, ApartALostFamilyGoesByTheOtherLink) {
  settings("FAMILIES=apart\n");
  offer_both();
  up();
  ASSERT_TRUE(says("second is good"));
  ASSERT_TRUE(eth("eth2", net(2)));
  const auto defaults = [this] {
    return ip_says("-4 route show default") + ip_says("-6 route show default");
  };
  ASSERT_TRUE(eventually("-6 route show default", HasSubstr("dev eth1")));
  // IPv6 of the first gets nowhere, then IPv4 of it.
  REQUIRE_OK(ip(provider(1), std::string("addr del ") + kTarget6 + "/128 dev lo"));
  ASSERT_TRUE(says("default route of IPv6 to second: wired: IPv6 gets no answer"));
  EXPECT_THAT(defaults(),
              AllOf(HasSubstr("via 10.1.0.1 dev eth1"), HasSubstr("via fe80::1 dev eth2")));
  REQUIRE_OK(ip(provider(1), std::string("addr add ") + kTarget6 + "/128 dev lo nodad"));
  ASSERT_TRUE(says("default route of IPv6 to wired: wired: IPv6 answers"));
  REQUIRE_OK(ip(provider(1), "addr del 198.51.100.10/32 dev lo"));
  ASSERT_TRUE(says("default route of IPv4 to second: wired: IPv4 gets no answer"));
  EXPECT_THAT(defaults(),
              AllOf(HasSubstr("via 10.2.0.1 dev eth2"), HasSubstr("via fe80::1 dev eth1")));
  EXPECT_THAT(log(), Not(HasSubstr("wired is down")));
  // The link that the others' family is on goes as a whole.
  REQUIRE_OK(provider(1).set_link("cpe0", false));
  EXPECT_TRUE(eventually("-6 route show default", HasSubstr("dev eth2")));
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("dev eth2"));
  stop_daemon();
}

TEST_F(Ipv6Lab, WhatAKilledDaemonLeftIsGivenBackByTheNext) {
  advertising(1, prefix(1));
  const auto before = network();
  const std::string conf_before = conf("eth1");
  up();
  EXPECT_EQ(conf("eth1"), "0\n0\n");
  daemon().signal(SIGKILL);
  ASSERT_TRUE(daemon().wait(5s));
  const std::size_t then = mark();
  start_daemon();
  ASSERT_TRUE(says("wired is good", then));
  stop_daemon();
  EXPECT_EQ(network(), before);
  EXPECT_EQ(conf("eth1"), conf_before);
}

// A simulated modem, whose network gives addresses of both families.
class ModemIpv6Lab : public LinkLab {
 protected:
  void SetUp() override {
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    REQUIRE_OK(write_file(config() / "settings", std::string("PROBE_TARGETS=198.51.100.10,") +
                                                     kTarget6 + "\nLOG_LEVEL=debug\n"));
  }
  void start_modem(const std::string& family, const std::string& steps = "") {
    write_profile("lte",
                  "KIND=modem\nPRIORITY=1\nNETDEV=wwan0\nDEVICE=/dev/cdc-wdm0\nSIMULATED=yes\n"
                  "QMI_PROXY=mwan-ipv6-test\nAPN=internet\nIP_FAMILY=" +
                      family + "\n");
    auto made = NetNs::create("operator");
    REQUIRE_OK(made);
    operator_ = std::make_unique<NetNs>(std::move(*made));
    const auto file = config() / "modem.scn";
    REQUIRE_OK(write_file(file,
                          "start=signal\nsignal lte rsrp=-84 rsrq=-8 sinr=19\n"
                          "registration home\n" +
                              steps));
    auto started =
        Process::start({{MWAN_SIMULATOR, "--proxy", "mwan-ipv6-test", "--scenario", file, "--net",
                         "wwan0", "--operator-net", "lte0", "--operator-netns", operator_->path()},
                        &router(),
                        config() / "modem.log",
                        config() / "modem.log"});
    REQUIRE_OK(started);
    modem_ = std::move(*started);
    ASSERT_TRUE(wait_until(10s, [&] { return ip(*operator_, "link set lte0 up").has_value(); }))
        << read_file(config() / "modem.log");
    for (const char* step :
         {"addr add 198.51.100.10/32 dev lo", "addr add 2001:db8:ffff::10/128 dev lo nodad",
          "route add 10.64.0.2/32 dev lte0", "-6 route add 2001:db8:64::/64 dev lte0"}) {
      REQUIRE_OK(ip(*operator_, step));
    }
  }
  std::unique_ptr<NetNs> operator_;
  Process modem_;
};

TEST_F(ModemIpv6Lab, BothFamiliesAreInTheLinksTableAndOneMayGo) {
  start_modem("ipv4v6", "at 0s refuse-connect cause=33\nat 0s bearer drop family=ipv6 cause=36\n");
  start_daemon();
  ASSERT_TRUE(says("lte is good"));
  ASSERT_TRUE(wait_until(20s, [&] {
    return ip_says("-6 route show default").find("dev wwan0") != std::string::npos;
  })) << log();
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("dev wwan0"));
  EXPECT_THAT(ip_says("-6 route show table 1100"), HasSubstr("2001:db8:64::/64 dev wwan0"));
  EXPECT_THAT(ip_says("-6 rule"), HasSubstr("from 2001:db8:64::2 lookup 1100"));
  EXPECT_TRUE(run(&router(), {"ping", "-6", "-c", "1", "-W", "2", kTarget6}));
  const std::size_t then = mark();
  modem_.signal(SIGUSR1);
  EXPECT_TRUE(wait_until(20s, [&] { return ip_says("-6 route show default").empty(); })) << log();
  EXPECT_THAT(ip_says("-4 route show default"), HasSubstr("dev wwan0"));
  EXPECT_THAT(log().substr(then), Not(HasSubstr("lte is down")));
  stop_daemon();
}

TEST_F(ModemIpv6Lab, IPv6AloneIsALink) {
  start_modem("ipv6");
  start_daemon();
  ASSERT_TRUE(says("lte is good"));
  EXPECT_THAT(ip_says("-6 route show default"), HasSubstr("dev wwan0"));
  EXPECT_THAT(ip_says("-4 route show default"), IsEmpty());
  EXPECT_TRUE(run(&router(), {"ping", "-6", "-c", "1", "-W", "2", kTarget6}));
  stop_daemon();
}

}  // namespace
}  // namespace mwan::lab
