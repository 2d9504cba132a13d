// SPDX-License-Identifier: LGPL-2.1-or-later
// Links by DHCP: the real daemon, dhcpcd and dnsmasq.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/links/link_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kWired = "KIND=ethernet\nPRIORITY=1\nNETDEV=eth1\nADDRESSING=dhcp\n";
constexpr const char* kSecond = "KIND=ethernet\nPRIORITY=2\nNETDEV=eth2\nADDRESSING=dhcp\n";

// What belongs to the system's own DHCP client and resolver.
std::string systems_files() {
  std::string out;
  for (const char* folder : {"/run/dhcpcd", "/var/lib/dhcpcd"}) {
    std::error_code error;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      names.push_back(entry.path().string());
    }
    std::ranges::sort(names);
    for (const auto& name : names) out += name + "\n";
  }
  return out + read_file("/etc/resolv.conf");
}

class DhcpLab : public LinkLab {
 protected:
  void SetUp() override {
    if (::access("/usr/sbin/dhcpcd", X_OK) != 0 || ::access("/usr/sbin/dnsmasq", X_OK) != 0) {
      GTEST_SKIP() << "needs dhcpcd-base and dnsmasq-base";
    }
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    systems_ = systems_files();
    add_provider(1);
    write_profile("wired", kWired);
  }
  void TearDown() override {
    if (!IsSkipped()) {
      EXPECT_EQ(systems_files(), systems_);
    }
  }
  void up() {
    start_daemon();
    ASSERT_TRUE(says("wired is good"));
  }
  // The keeper passes the signal on to dhcpcd, which asks its server anew.
  void rebind(const std::string& profile) {
    pid_t keeper = 0;
    std::ifstream(state() / "links" / profile / "pid") >> keeper;
    ASSERT_GT(keeper, 1);
    ASSERT_EQ(::kill(keeper, SIGHUP), 0);
  }
  bool has_address(const std::string& device, const std::string& start) {
    return wait_until(20s, [&] {
      return ip_says("-4 addr show dev " + device).find("inet " + start) != std::string::npos;
    });
  }
  std::string systems_;
};

TEST_F(DhcpLab, ALeaseBecomesALinkInItsOwnTableThatIsProbed) {
  serve({}, {"--dhcp-option=option:mtu,1400"});
  const auto before = network();
  up();
  EXPECT_THAT(ip_says("addr show dev eth1"), HasSubstr("inet 10.1.0.10"));
  EXPECT_THAT(ip_says("link show dev eth1"), HasSubstr("mtu 1400"));
  EXPECT_THAT(ip_says("route show table 1100"), HasSubstr("default via 10.1.0.1 dev eth1"));
  EXPECT_THAT(ip_says("rule"), HasSubstr("lookup 1100"));
  EXPECT_THAT(ip_says("route"), HasSubstr("default via 10.1.0.1 dev eth1"));
  // Every route but the kernel's is ours (protocol 77): dhcpcd made none.
  EXPECT_THAT(ip_says("route show table all proto dhcp"), IsEmpty());
  stop_daemon();
  EXPECT_EQ(network(), before);
  EXPECT_THAT(processes(), IsEmpty());
  EXPECT_FALSE(fs::exists(state() / "links" / "wired" / "run"));
}

TEST_F(DhcpLab, ASecondDhcpLinkNeverDisturbsTheFirst) {
  serve({});
  up();
  const auto of_first = [this] {
    return ip_says("addr show dev eth1") + ip_says("route show table 1100") +
           ip_says("route show dev eth1") + ip_says("route show default dev eth1") +
           ip_says("route get 198.51.100.1") + ip_says("rule show table 1100");
  };
  const std::string first = of_first();
  const std::size_t decided = decisions();

  add_provider(2);
  serve({.number = 2});
  write_profile("second", kSecond);
  daemon().signal(SIGHUP);
  ASSERT_TRUE(says("second is good"));
  EXPECT_EQ(of_first(), first);
  // Renumbered, its server gone, its cable out, and the link taken away.
  serve({.number = 2, .first = 200});
  rebind("second");
  ASSERT_TRUE(has_address("eth2", "10.2.0.20")) << log();
  EXPECT_EQ(of_first(), first);
  stop_serving(2);
  REQUIRE_OK(provider(2).set_link("cpe0", false));
  ASSERT_TRUE(says("second is down: no carrier"));
  EXPECT_EQ(of_first(), first);

  remove_profile("second");
  daemon().signal(SIGHUP);
  ASSERT_TRUE(says("second: no longer in the configuration"));
  EXPECT_TRUE(wait_until(20s, [this] { return !fs::exists(state() / "links/second/run"); }));
  EXPECT_EQ(of_first(), first);
  EXPECT_THAT(facts("wired", decided), Not(Contains("addressing_lost")));
  stop_daemon();
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(DhcpLab, RenumberingWhileActiveIsOneFactAndNoFlap) {
  serve({});
  up();
  ASSERT_TRUE(has_address("eth1", "10.1.0.10"));
  const std::size_t decided = decisions();
  serve({.first = 200});
  rebind("wired");
  ASSERT_TRUE(has_address("eth1", "10.1.0.20")) << log();
  EXPECT_TRUE(wait_until(10s, [this] {
    return ip_says("-4 addr show dev eth1").find("10.1.0.10") == std::string::npos;
  }));
  const std::string rules = ip_says("rule");
  EXPECT_THAT(rules, HasSubstr("from 10.1.0.20"));
  EXPECT_THAT(rules, Not(HasSubstr("from 10.1.0.10")));
  EXPECT_THAT(ip_says("route show table 1100"), HasSubstr("src 10.1.0.20"));
  EXPECT_THAT(ip_says("route"), HasSubstr("src 10.1.0.20"));
  expect_one_change("wired", decided);
  stop_daemon();
}

TEST_F(DhcpLab, ASilentServerIsNamedAndALateOneIsTaken) {
  start_daemon();
  ASSERT_TRUE(says("no DHCP server answered on eth1 within 20 s"));
  EXPECT_THAT(log(), testing::Not(HasSubstr("wired: wired: "))) << "whose it is, once";
  serve({});
  REQUIRE_OK(provider(1).set_link("cpe0", false));
  REQUIRE_OK(provider(1).set_link("cpe0", true));
  EXPECT_TRUE(says("wired is good"));
  stop_daemon();
}

TEST_F(DhcpLab, ALeaseThatRunsOutTakesTheLinkDown) {
  // dnsmasq gives no lease shorter than two minutes.
  if (!run(nullptr, {"busybox", "udhcpd", "--help"})) GTEST_SKIP() << "needs busybox-static";
  const fs::path file = config() / "udhcpd.conf";
  const std::string leases = (config() / "udhcpd.leases").string();
  REQUIRE_OK(write_file(leases, ""));
  REQUIRE_OK(write_file(file,
                        "start 10.1.0.100\nend 10.1.0.109\ninterface cpe0\nmin_lease 5\n"
                        "lease_file " +
                            leases + "\npidfile " + leases +
                            ".pid\n"
                            "option subnet 255.255.255.0\noption router 10.1.0.1\n"
                            "option lease 10\n"));
  auto server = Process::start({{"busybox", "udhcpd", "-f", file}, &provider(1), {}, {}});
  REQUIRE_OK(server);
  up();
  server->stop(5s);
  ASSERT_TRUE(says("wired is down"));
  EXPECT_THAT(facts("wired", 0), Contains("addressing_lost"));
  stop_daemon();
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(DhcpLab, AKilledDaemonLeavesNoClientAndTheNextOneTakesTheLeaseOver) {
  serve({});
  const auto before = network();
  up();
  daemon().signal(SIGKILL);
  ASSERT_TRUE(daemon().wait(5s));
  EXPECT_TRUE(wait_until(10s, [this] { return processes().empty(); }))
      << testing::PrintToString(processes());
  const std::size_t then = mark();
  start_daemon();
  ASSERT_TRUE(says("wired is good", then));
  stop_daemon();
  EXPECT_EQ(network(), before);
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(DhcpLab, AClientThatIsKilledIsStartedAgainAndTheLinkStays) {
  serve({});
  up();
  const std::size_t decided = decisions();
  pid_t keeper = 0;
  std::ifstream(state() / "links/wired/pid") >> keeper;
  ASSERT_EQ(::kill(keeper, SIGKILL), 0);
  ASSERT_TRUE(says("dhcpcd ended (killed by signal 9"));
  ASSERT_TRUE(says("trying again in 1000 ms"));
  EXPECT_TRUE(wait_until(20s, [&] {
    pid_t now = 0;
    std::ifstream(state() / "links/wired/pid") >> now;
    return now > 1 && now != keeper;
  }));
  sleep_for(2s);
  EXPECT_THAT(facts("wired", decided), Not(Contains("addressing_lost")));
  EXPECT_THAT(log(), Not(HasSubstr("wired is down")));
  stop_daemon();
  EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(DhcpLab, TheSystemsOwnClientGoesOnBesideIt) {
  add_provider(3);
  serve({.number = 3});
  serve({});
  REQUIRE_OK(router().set_link("eth3", true));
  // As a host would run one for its other networks: in manager mode, with the system's folders. Its
  // scripts would write this machine's resolv.conf.
  auto system = Process::start({{"/usr/sbin/dhcpcd", "--nobackground", "--nodev", "--noipv6",
                                 "--noarp", "--script", "/bin/true", "--allowinterfaces", "eth3"},
                                &router(),
                                config() / "system.log",
                                config() / "system.log"});
  REQUIRE_OK(system);
  // A dhcpcd that is killed leaves helpers behind: it has to be asked, also when something fails
  // here.
  const std::shared_ptr<void> end(nullptr, [&system](void*) { system->stop(10s); });
  ASSERT_TRUE(has_address("eth3", "10.3.0.10")) << read_file(config() / "system.log");
  up();
  EXPECT_TRUE(has_address("eth1", "10.1.0.10"));
  stop_daemon();
  EXPECT_TRUE(system->running());
  EXPECT_TRUE(has_address("eth3", "10.3.0.10"));
  system->stop(10s);
  fs::remove("/var/lib/dhcpcd/eth3.lease");
  EXPECT_FALSE(fs::exists("/var/lib/dhcpcd/eth1.lease"));
  systems_ = systems_files();  // what else it left is its own
}

}  // namespace
}  // namespace mwan::lab
