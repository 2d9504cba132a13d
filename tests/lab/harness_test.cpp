// SPDX-License-Identifier: LGPL-2.1-or-later
// The lab's own instruments, tried on routes that the test moves by hand: what they count must be
// right before anything they say about the daemon is.
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/ok.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/route_watch.hpp"
#include "tests/lab/topology.hpp"
#include "tests/lab/traffic.hpp"

namespace mwan::lab {
namespace {

using namespace std::chrono_literals;

class Harness : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for network namespaces";
    auto built = Topology::build();
    ASSERT_TRUE(built) << built.error().text();
    topology_ = std::make_unique<Topology>(std::move(*built));
  }

  // A router without the daemon: the wired line with NAT, by hand.
  void route_by_hand() {
    REQUIRE_OK(ip(topology_->router(), fmt::format("addr add {} dev eth1", wired_address)));
    REQUIRE_OK(ip(topology_->router(), "link set eth1 up"));
    REQUIRE_OK(ip(topology_->router(), fmt::format("route add default via {}", wired_gateway)));
    REQUIRE_OK(nft(topology_->router(), "add table inet nat"));
    REQUIRE_OK(nft(topology_->router(),
                   "add chain inet nat post { type nat hook postrouting priority srcnat; }"));
    REQUIRE_OK(nft(topology_->router(), "add rule inet nat post oifname eth1 masquerade"));
  }
  static Status nft(const NetNs& netns, const std::string& command) {
    if (auto done = run(&netns, {"nft", command}); !done) return failed(done.error());
    return {};
  }
  std::unique_ptr<Traffic> send_traffic() {
    auto traffic = Traffic::start(topology_->client(), topology_->server(), server_address);
    EXPECT_TRUE(traffic);
    return traffic ? std::move(*traffic) : nullptr;
  }
  // The packets of one period, counted after those on their way had time to arrive.
  static PacketCount count_from(const Traffic& traffic, Instant from, Instant to) {
    sleep_for(300ms);
    return traffic.count(from, to);
  }

  std::unique_ptr<Topology> topology_;
};

TEST_F(Harness, TrafficFlowsThroughTheRouterAndBack) {
  route_by_hand();
  const auto traffic = send_traffic();
  sleep_for(300ms);
  const Instant from = now();
  sleep_for(1s);
  const PacketCount count = count_from(*traffic, from, now());
  EXPECT_GE(count.sent, 90U);
  EXPECT_LE(count.sent, 110U);
  EXPECT_EQ(count.lost, 0U);
  EXPECT_EQ(count.unanswered, 0U);
}

TEST_F(Harness, LostCountEqualsTheKernelsOwnCounter) {
  route_by_hand();
  const auto traffic = send_traffic();
  sleep_for(300ms);
  const Instant from = now();
  REQUIRE_OK(nft(topology_->isp(), "add table inet faults"));
  REQUIRE_OK(nft(topology_->isp(),
                 "add chain inet faults relay { type filter hook forward priority 0; }"));
  REQUIRE_OK(nft(topology_->isp(), "add rule inet faults relay udp dport 5300 counter drop"));
  sleep_for(500ms);
  REQUIRE_OK(nft(topology_->isp(), "insert rule inet faults relay udp dport 5300 accept"));
  const auto rules = run(&topology_->isp(), {"nft", "list", "chain", "inet", "faults", "relay"});
  REQUIRE_OK(rules);
  const PacketCount count = count_from(*traffic, from, now());
  EXPECT_GT(count.lost, 30U);
  EXPECT_THAT(*rules, testing::HasSubstr(fmt::format("counter packets {} ", count.lost)));
}

TEST_F(Harness, ALostAnswerIsNotALostPacket) {
  route_by_hand();
  const auto traffic = send_traffic();
  sleep_for(300ms);
  const Instant from = now();
  REQUIRE_OK(nft(topology_->isp(), "add table inet faults"));
  REQUIRE_OK(nft(topology_->isp(),
                 "add chain inet faults relay { type filter hook forward priority 0; }"));
  REQUIRE_OK(nft(topology_->isp(), "add rule inet faults relay udp sport 5300 drop"));
  sleep_for(300ms);
  const PacketCount count = count_from(*traffic, from, now());
  EXPECT_EQ(count.lost, 0U);
  EXPECT_GT(count.unanswered, 10U);
}

TEST_F(Harness, APulledCableLosesTheCarrierAndThePackets) {
  route_by_hand();
  const auto traffic = send_traffic();
  sleep_for(300ms);
  const Instant cause = now();
  REQUIRE_OK(topology_->plug_cable(false));
  const auto carrier = run(&topology_->router(), {"ip", "-br", "link", "show", "eth1"});
  REQUIRE_OK(carrier);
  EXPECT_THAT(*carrier, testing::HasSubstr("NO-CARRIER"));
  sleep_for(300ms);
  const Instant back = now();
  REQUIRE_OK(topology_->plug_cable(true));
  const PacketCount gap = traffic->count(cause + 20ms, back);
  EXPECT_GT(gap.sent, 20U);
  EXPECT_EQ(gap.lost, gap.sent);
}

TEST_F(Harness, ADeadUpstreamKeepsTheCarrierAndTheFirstHop) {
  route_by_hand();
  const auto traffic = send_traffic();
  sleep_for(300ms);
  REQUIRE_OK(topology_->isp_upstream(false));
  const Instant from = now();
  const auto carrier = run(&topology_->router(), {"ip", "-br", "link", "show", "eth1"});
  REQUIRE_OK(carrier);
  EXPECT_THAT(*carrier, testing::HasSubstr("LOWER_UP"));
  sleep_for(300ms);
  const PacketCount dead = count_from(*traffic, from, now());
  EXPECT_GT(dead.sent, 20U);
  EXPECT_EQ(dead.lost, dead.sent);

  REQUIRE_OK(topology_->isp_upstream(true));
  const Instant again = now();
  sleep_for(300ms);
  EXPECT_EQ(count_from(*traffic, again, now()).lost, 0U);
}

TEST_F(Harness, AStrangersSourceAddressDoesNotGetThrough) {
  route_by_hand();
  // Without NAT the ISP sees the LAN's address, which is not its customer's.
  REQUIRE_OK(nft(topology_->router(), "delete table inet nat"));
  const auto traffic = send_traffic();
  const Instant from = now();
  sleep_for(500ms);
  const PacketCount count = count_from(*traffic, from, now());
  EXPECT_EQ(count.lost, count.sent);
}

TEST_F(Harness, TheWatcherSeesTheDefaultRouteMove) {
  auto watch = RouteWatch::start(topology_->router());
  REQUIRE_OK(watch);
  const NetNs& router = topology_->router();
  REQUIRE_OK(ip(router, fmt::format("addr add {} dev eth1", wired_address)));
  REQUIRE_OK(ip(router, "link set eth1 up"));
  const Instant first = now();
  REQUIRE_OK(ip(router, fmt::format("route add default via {}", wired_gateway)));
  REQUIRE_OK(ip(router, "route add default dev lan0 table 100"));
  const Instant second = now();
  REQUIRE_OK(ip(router, "route replace default via 192.168.1.2"));
  const Instant done = now();
  ASSERT_TRUE(wait_until(2s, [&] { return (*watch)->changes().size() == 2; }));
  const auto changes = (*watch)->changes();
  EXPECT_EQ(changes[0].device, "eth1");
  EXPECT_GE(changes[0].time, first);
  EXPECT_EQ(changes[1].device, "lan0");
  EXPECT_GE(changes[1].time, second);
  EXPECT_LE(changes[1].time, done + 1s);
  EXPECT_EQ((*watch)->moved_to("lan0", first), changes[1].time);
  EXPECT_EQ((*watch)->moved_to("lan0", changes[1].time + 1ms), std::nullopt);
}

TEST_F(Harness, NetworkStateShowsWhatChangedAndNothingElse) {
  const auto before = network_state(topology_->router());
  REQUIRE_OK(before);
  REQUIRE_OK(ip(topology_->router(), "route add 192.0.2.0/24 via 192.168.1.2 table 77"));
  const auto changed = network_state(topology_->router());
  REQUIRE_OK(changed);
  EXPECT_NE(*changed, *before);
  REQUIRE_OK(ip(topology_->router(), "route flush table 77"));
  const auto after = network_state(topology_->router());
  REQUIRE_OK(after);
  EXPECT_EQ(*after, *before);
}

TEST(Processes, AFailureQuotesTheOutput) {
  const auto outcome = run(nullptr, {"ls", "/nonexistent"});
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().text(), testing::AllOf(testing::HasSubstr("exit code 2"),
                                                     testing::HasSubstr("No such file")));
}

TEST(Processes, AMissingProgramIsNamed) {
  const auto outcome = run(nullptr, {"no-such-program"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().text(), "no-such-program: this program is not installed");
}

TEST(Processes, StopKillsAProgramThatDoesNotListen) {
  auto deaf = Process::start({{"env", "--ignore-signal=TERM", "sleep", "60"}, nullptr, {}, {}});
  REQUIRE_OK(deaf);
  sleep_for(200ms);  // until env has run sleep
  EXPECT_EQ(Process::words(deaf->stop(300ms)), "killed by signal 9 (Killed)");
  EXPECT_FALSE(deaf->running());
}

TEST(Processes, ADestroyedProcessIsGone) {
  pid_t pid = 0;
  {
    auto sleeper = Process::start({{"sleep", "60"}, nullptr, {}, {}});
    REQUIRE_OK(sleeper);
    pid = sleeper->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace mwan::lab
