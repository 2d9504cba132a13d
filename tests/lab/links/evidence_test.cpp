// SPDX-License-Identifier: LGPL-2.1-or-later
// What is seen beside probes, with the real daemon on real cables: how soon a link that dies
// without losing its carrier is left, and how few probes it takes while nothing dies. The figures
// are printed; the limits are for a machine that is busy with other things.
#include <algorithm>
#include <cstdio>
#include <memory>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/links/link_lab.hpp"
#include "tests/lab/route_watch.hpp"
#include "tests/lab/traffic.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;

constexpr const char* kServer = "198.51.100.10";
constexpr const char* kTargets =
    "PROBE_TARGETS=198.51.100.11,198.51.100.12,198.51.100.13,198.51.100.14\nNAT=nftables\n"
    "LOG_LEVEL=debug\n";

class EvidenceLab : public LinkLab {
 protected:
  void SetUp() override {
    LinkLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    REQUIRE_OK(write_file(config() / "settings", kTargets));
    for (const int number : {1, 2}) {
      const std::string n = std::to_string(number);
      add_provider(number);
      for (const char* target : {"11", "12", "13", "14"}) {
        REQUIRE_OK(
            ip(provider(number), std::string("addr add 198.51.100.") + target + "/32 dev lo"));
      }
      nft(number, "add table inet t");
      nft(number, "add chain inet t in { type filter hook prerouting priority -300; }");
      write_profile("wan" + n, "KIND=ethernet\nPRIORITY=" + n + "\nNETDEV=eth" + n +
                                   "\nADDRESS=10." + n + ".0.2/24\nGATEWAY=10." + n + ".0.1\n");
    }
    start_daemon();
    ASSERT_TRUE(says("wan1 is good"));
    ASSERT_TRUE(says("wan2 is good"));
    ASSERT_TRUE(wait_until(20s, [this] {
      return ip_says("route get 203.0.113.99").find("eth1") != std::string::npos;
    }));
    auto watch = RouteWatch::start(router());
    REQUIRE_OK(watch);
    watch_ = std::move(*watch);
    // Until both are past their stability time and only looked at now and then.
    sleep_for(13s);
  }
  void TearDown() override {
    watch_.reset();
    if (!IsSkipped() && daemon().running()) stop_daemon();
  }
  void nft(int number, const std::string& command) const {
    const auto done = run(&provider(number), {"nft", command});
    REQUIRE_OK(done);
  }
  // What lies behind the first provider's gateway is gone; the gateway and the cable are well.
  Instant kill_upstream() const {
    nft(1, "add rule inet t in ip daddr 198.51.100.0/24 drop");
    return now();
  }
  // 100 packets a second, echoed by what lies behind the first provider.
  void send_traffic() {
    auto traffic = Traffic::start(router(), provider(1), kServer);
    REQUIRE_OK(traffic);
    traffic_ = std::move(*traffic);
    sleep_for(2s);
  }
  void expect_moved(const char* what, Instant cause, Duration limit) {
    std::optional<Instant> moved;
    EXPECT_TRUE(wait_until(limit, [&] {
      return (moved = watch_->moved_to("eth2", cause)).has_value();
    })) << log();
    if (moved) std::printf("%s: the route moved after %lld ms\n", what, ms(*moved - cause));
  }
  static long long ms(Duration d) { return static_cast<long long>(to_ms(d)); }
  // Echo requests that reached a provider.
  [[nodiscard]] long long asked(int number) const {
    const auto out = run(&provider(number), {"nft", "-j", "list counters"});
    if (!out) return -1;
    const auto listed = nlohmann::json::parse(*out, nullptr, false);
    for (const auto& one : listed.value("nftables", nlohmann::json::array())) {
      if (one.contains("counter")) return one["counter"].value("packets", -1LL);
    }
    return -1;
  }
  void count_probes(int number) const {
    nft(number, "add counter inet t probes");
    nft(number, "add rule inet t in icmp type echo-request counter name probes");
  }
  std::unique_ptr<RouteWatch> watch_;
  std::unique_ptr<Traffic> traffic_;
};

TEST_F(EvidenceLab, ADeadUpstreamUnderTraffic) {
  send_traffic();
  const Instant cause = kill_upstream();
  expect_moved("dead upstream under traffic", cause, 5s);
  EXPECT_THAT(facts("wan1", 0), Contains("traffic"));
}

// At any moment between two questions.
void wait_for_any_moment() {
  constexpr Duration kBetween = 1250ms;
  sleep_for(Duration(now().time_since_epoch().count() * 7919 % kBetween.count()));
}

TEST_F(EvidenceLab, ADeadUpstreamOfAnIdleLink) {
  wait_for_any_moment();
  const Instant cause = kill_upstream();
  expect_moved("dead upstream, idle", cause, 8s);
}

TEST_F(EvidenceLab, AGatewayThatIsGoneFromAnIdleLink) {
  wait_for_any_moment();
  nft(1, "add rule inet t in drop");
  REQUIRE_OK(ip(provider(1), "link set cpe0 arp off"));
  const Instant cause = now();
  expect_moved("gateway gone, idle", cause, 8s);
  EXPECT_THAT(facts("wan1", 0), Contains("gateway"));
}

TEST_F(EvidenceLab, WhileAllIsWellHardlyAnyProbeIsSent) {
  for (const int number : {1, 2}) count_probes(number);
  constexpr Duration kIdle = 30s;
  sleep_for(kIdle);
  const long long idle = asked(1);
  const long long standby = asked(2);
  send_traffic();
  sleep_for(10s);
  traffic_.reset();
  sleep_for(1s);
  const long long all = asked(1);
  std::printf(
      "probes in 30 s: %lld by the idle active link, %lld by the standby; %lld more in 13 s "
      "with traffic that begins and ends\n",
      idle, standby, all - idle);
  // Four targets, each once in five seconds; and one of them where nobody depends on it.
  EXPECT_LE(idle, 25);
  EXPECT_LE(standby, 7);
  EXPECT_LE(all - idle, 30);
  EXPECT_THAT(ip_says("route get 203.0.113.99"), testing::HasSubstr("eth1"));
}

TEST_F(EvidenceLab, OneSidedTrafficIsLookedIntoAndLeftAlone) {
  // Packets that nobody answers, to somebody who is not there, behind a provider that works.
  nft(1, "add rule inet t in udp dport 1-65535 drop");
  const std::size_t since = mark();
  send_traffic();
  ASSERT_TRUE(says("traffic is unanswered", since));
  ASSERT_TRUE(says("wan1 is good", since));
  sleep_for(5s);
  EXPECT_EQ(watch_->changes().size(), 0U);
  EXPECT_THAT(ip_says("route get 203.0.113.99"), testing::HasSubstr("eth1"));
}

}  // namespace
}  // namespace mwan::lab
