// SPDX-License-Identifier: LGPL-2.1-or-later
// PPPoE with the kernel's drivers: the real daemon and pppd against rp-pppoe's server.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/links/link_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPassword = "correct-horse";

class PppoeLab : public LinkLab {
 protected:
  void SetUp() override {
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    // The kernel would load them at their first use, and the daemon would wait: on a busy machine,
    // for long.
    patience_ = 300s;
    REQUIRE_OK(run(nullptr,
                   {"modprobe", "-a", "ppp_generic", "pppoe", "nf_tables", "nft_chain_nat",
                    "nft_masq", "nft_ct", "nf_conntrack_netlink"},
                   60s));
    add_provider(1);
    // Of the provider's pppd, which has the system's folder; ours has its own.
    REQUIRE_OK(write_file("/etc/ppp/chap-secrets",
                          std::string("\"customer\" * \"") + kPassword + "\" *\n"));
    REQUIRE_OK(write_file("/etc/ppp/resolv.conf", "before\n"));
    profile(kPassword);
  }
  void TearDown() override {
    server_.stop(5s);
    // What pppoe-server has started for its sessions.
    for (const pid_t pid : pppds_of(provider(1))) ::kill(pid, SIGKILL);
  }
  void profile(const std::string& password) {
    write_profile("dsl", "KIND=pppoe\nPRIORITY=1\nNETDEV=eth1\nUSERNAME=customer\nPASSWORD=" +
                             password + "\n");
  }
  void serve_pppoe(const std::vector<std::string>& more = {}, const char* ipv6 = "noipv6") {
    const fs::path options = config() / "server-options";
    REQUIRE_OK(write_file(options,
                          "require-chap\nms-dns 192.0.2.53\nlcp-echo-interval 10\n"
                          "lcp-echo-failure 3\nnoccp\nname provider\n"
                          "ip-up-script /bin/true\nip-down-script /bin/true\n" +
                              std::string(ipv6) + "\n"));
    std::vector<std::string> argv = {"/usr/sbin/pppoe-server",
                                     "-F",
                                     "-k",
                                     "-I",
                                     "cpe0",
                                     "-L",
                                     "10.64.0.1",
                                     "-R",
                                     "10.64.0.100",
                                     "-N",
                                     "10",
                                     "-C",
                                     "mwan-lab",
                                     "-O",
                                     options};
    argv.insert(argv.end(), more.begin(), more.end());
    auto started =
        Process::start({argv, &provider(1), config() / "server.log", config() / "server.log"});
    REQUIRE_OK(started);
    server_ = std::move(*started);
  }
  void server_dies() {
    server_.signal(SIGKILL);
    ASSERT_TRUE(server_.wait(patience_));
    for (const pid_t pid : pppds_of(provider(1))) ::kill(pid, SIGKILL);
  }
  // What the daemon says comes a moment before or after what it does about it.
  [[nodiscard]] bool ip_soon_says(const std::string& arguments, const std::string& words) const {
    return wait_until(patience_,
                      [&] { return ip_says(arguments).find(words) != std::string::npos; });
  }
  // The daemon has ended; what it started, and what the kernel made for it, goes with it.
  void expect_nothing_left() const {
    EXPECT_TRUE(wait_until(patience_, [this] { return processes().empty(); }))
        << testing::PrintToString(processes());
  }
  static std::vector<pid_t> pppds_of(const NetNs& netns) {
    struct stat ours {};
    ::fstat(netns.fd(), &ours);
    std::vector<pid_t> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      struct stat theirs {};
      if (::stat((entry.path() / "ns/net").c_str(), &theirs) == 0 && theirs.st_ino == ours.st_ino) {
        out.push_back(std::stoi(entry.path().filename().string()));
      }
    }
    return out;
  }
  Process server_;
};

TEST_F(PppoeLab, ASessionBecomesALinkThatIsProbedAndLeavesNothing) {
  const auto before = network();
  serve_pppoe();
  start_daemon();
  ASSERT_TRUE(says("dsl is good"));
  EXPECT_THAT(ip_says("addr show dev ppp0"), HasSubstr("inet 10.64.0.100 peer 10.64.0.1/32"));
  EXPECT_THAT(ip_says("link show dev ppp0"), HasSubstr("mtu 1492"));
  EXPECT_THAT(ip_says("route show table 1100"), HasSubstr("default dev ppp0"));
  EXPECT_TRUE(ip_soon_says("route show default", "default dev ppp0")) << log();
  EXPECT_THAT(ip_says("rule"), HasSubstr("from 10.64.0.100 lookup 1100"));
  EXPECT_EQ(read_file("/etc/ppp/resolv.conf"), "before\n");

  for (const std::string& words : processes()) EXPECT_THAT(words, Not(HasSubstr(kPassword)));
  EXPECT_THAT(log(), Not(HasSubstr(kPassword)));
  struct stat info {};
  ASSERT_EQ(::stat((state() / "links/dsl/ppp/options").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((state() / "links/dsl").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);

  stop_daemon();
  expect_nothing_left();
  EXPECT_FALSE(fs::exists(state() / "links/dsl"));
  EXPECT_EQ(network(), before);
}

TEST_F(PppoeLab, ASessionHasIPv6FromTheRouterBehindIt) {
  if (::access("/usr/sbin/dnsmasq", X_OK) != 0) GTEST_SKIP() << "needs dnsmasq-base";
  REQUIRE_OK(write_file(config() / "settings",
                        "PROBE_TARGETS=198.51.100.10,2001:db8:ffff::10\nNAT=nftables\n"
                        "LOG_LEVEL=debug\n"));
  REQUIRE_OK(ip(provider(1), "addr add 2001:db8:ffff::10/128 dev lo nodad"));
  const auto before = network();
  serve_pppoe({}, "+ipv6");
  start_daemon();
  ASSERT_TRUE(says("dsl is good"));
  const std::size_t then = mark();
  ASSERT_TRUE(wait_until(patience_, [&] {
    return ip(provider(1), "addr add 2001:db8:64::1/64 dev ppp0 nodad").has_value();
  }));
  const auto out = config() / "router.log";
  auto router = Process::start(
      {{"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
        "--leasefile-ro", "--user=root", "--pid-file=", "--log-facility=-", "--interface=ppp0",
        "--bind-interfaces", "--enable-ra", "--dhcp-range=2001:db8:64::,ra-only,64,3600"},
       &provider(1),
       out,
       out});
  REQUIRE_OK(router);
  EXPECT_TRUE(ip_soon_says("-6 addr show dev ppp0 scope global", "inet6 2001:db8:64:"))
      << log() << read_file(out);
  EXPECT_TRUE(ip_soon_says("-6 route show default", "default via fe80::"));
  EXPECT_THAT(ip_says("-6 route show default"), HasSubstr("dev ppp0 proto 77"));
  EXPECT_THAT(ip_says("-6 route show table 1100"), HasSubstr("dev ppp0"));
  EXPECT_THAT(ip_says("-6 route show table all proto ra"), IsEmpty());
  EXPECT_TRUE(run(&this->router(), {"ping", "-6", "-c", "1", "-W", "30", "2001:db8:ffff::10"}));
  EXPECT_THAT(log().substr(then), Not(HasSubstr("dsl is down")));
  router->stop(5s);
  stop_daemon();
  expect_nothing_left();
  EXPECT_EQ(network(), before);
}

TEST_F(PppoeLab, AWrongPasswordIsNamedAndNotTriedAgainSoon) {
  profile("wrong-horse");
  serve_pppoe();
  start_daemon();
  ASSERT_TRUE(says("dsl: PPPoE on eth1: the provider refused USERNAME or PASSWORD"));
  EXPECT_TRUE(says("trying again in 300000 ms"));
  EXPECT_THAT(log(), Not(HasSubstr("wrong-horse")));
  stop_daemon();
  expect_nothing_left();
}

TEST_F(PppoeLab, AServerThatIsGoneIsNoticedAndItsReturnIsTaken) {
  serve_pppoe();
  start_daemon();
  ASSERT_TRUE(says("dsl is good"));
  server_dies();
  // Without a word: the probes notice it, then LCP.
  ASSERT_TRUE(says("dsl is down"));
  ASSERT_TRUE(says("the provider stopped answering (LCP echo)"));
  ASSERT_TRUE(says("no access concentrator answered"));
  const std::size_t then = mark();
  serve_pppoe();
  EXPECT_TRUE(says("dsl is good", then));
  stop_daemon();
}

TEST_F(PppoeLab, AProviderThatHangsUpIsDialledAgain) {
  serve_pppoe();
  start_daemon();
  ASSERT_TRUE(says("dsl is good"));
  const std::size_t then = mark();
  // Its end of the session says goodbye.
  for (const pid_t pid : pppds_of(provider(1))) {
    if (pid != server_.pid()) ::kill(pid, SIGTERM);
  }
  ASSERT_TRUE(says("dsl: PPPoE on eth1: the provider", then));
  ASSERT_TRUE(says("trying again in 1000 ms", then));
  EXPECT_TRUE(says("dsl is good", then));
  stop_daemon();
}

TEST_F(PppoeLab, AServerThatNeverNegotiatesIsGivenUpAndTriedLater) {
  // It opens sessions, and nobody speaks LCP in them.
  const fs::path mute = config() / "mute";
  REQUIRE_OK(write_file(mute, "#!/bin/sh\nexec sleep 600\n"));
  ::chmod(mute.c_str(), S_IRWXU);
  serve_pppoe({"-q", mute});
  start_daemon();
  ASSERT_TRUE(says("LCP: timeout sending Config-Requests"));
  ASSERT_TRUE(says("trying again in 1000 ms"));
  stop_daemon();
  expect_nothing_left();
}

TEST_F(PppoeLab, AKilledDaemonLeavesNoSession) {
  serve_pppoe();
  const auto before = network();
  start_daemon();
  ASSERT_TRUE(says("dsl is good"));
  daemon().signal(SIGKILL);
  ASSERT_TRUE(daemon().wait(patience_));
  expect_nothing_left();
  const std::size_t then = mark();
  start_daemon();
  ASSERT_TRUE(says("dsl is good", then));
  stop_daemon();
  EXPECT_EQ(network(), before);
}

}  // namespace
}  // namespace mwan::lab
