// SPDX-License-Identifier: LGPL-2.1-or-later
// The monitor against the kernel.
#include "netlink/monitor.hpp"

#include "tests/lab/net/in_netns.hpp"

namespace mwan::netlink {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Not;

class MonitorLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    cable("eth1");
  }
  void open(int buffer_bytes = 1 << 20) {
    auto opened = Monitor::open(loop_, buffer_bytes);
    REQUIRE_OK(opened);
    monitor_ = std::move(*opened);
  }
  LinkMonitor::Watch watch(const std::string& netdev) {
    return monitor_->watch_link(netdev, [this](const LinkState& state) { seen_.push_back(state); });
  }
  // Everything that changes, as words.
  LinkMonitor::Watch watch_all() {
    const auto note = [this](Change change, const std::string& what) {
      changes_.push_back((change == Change::New ? "+" : "-") + what);
    };
    return monitor_->watch_changes(
        {.link = [note](Change c, const LinkInfo& l) { note(c, "link " + l.name); },
         .address = [note](Change c, const Address& a) { note(c, "address " + a.prefix.text()); },
         .route = [note](Change c, const Route& r) { note(c, "route " + text(r, "")); },
         .rule = [note](Change c, const Rule& r) { note(c, "rule " + text(r)); },
         .neighbour = [note](Change c,
                             const Neighbour& n) { note(c, "neighbour " + n.address.text()); },
         .resynced = [this] { ++resyncs_; }});
  }
  // What was reported so far is read; then nothing more is on its way.
  void settle() {
    until(
        loop_, [] { return false; }, 100ms);
  }
  bool changed(const std::string& what) {
    return until(loop_, [&] { return std::ranges::count(changes_, what) != 0; });
  }

  Loop loop_;
  std::unique_ptr<Monitor> monitor_;
  std::vector<LinkState> seen_;
  std::vector<std::string> changes_;
  int resyncs_ = 0;
};

TEST_F(MonitorLab, ThePresentStateComesFirstFromTheLoop) {
  open();
  const auto w = watch("eth1");
  EXPECT_TRUE(seen_.empty());
  ASSERT_TRUE(until(loop_, [this] { return !seen_.empty(); }));
  EXPECT_TRUE(seen_[0].present);
  EXPECT_FALSE(seen_[0].admin_up);
  EXPECT_EQ(seen_[0].mtu, 1500U);
}

TEST_F(MonitorLab, CarrierIsLostWhenTheFarEndGoesDown) {
  here("link set eth1 up");
  far("link set eth1 up");
  open();
  const auto w = watch("eth1");
  ASSERT_TRUE(until(loop_, [this] { return !seen_.empty() && seen_.back().carrier; }));
  far("link set eth1 down");
  ASSERT_TRUE(until(loop_, [this] { return !seen_.back().carrier; }));
  EXPECT_TRUE(seen_.back().admin_up);
  far("link set eth1 up");
  ASSERT_TRUE(until(loop_, [this] { return seen_.back().carrier; }));
}

TEST_F(MonitorLab, ADeviceIsFollowedByNameThroughItsReturn) {
  open();
  const auto w = watch("eth5");
  ASSERT_TRUE(until(loop_, [this] { return !seen_.empty(); }));
  EXPECT_FALSE(seen_.back().present);
  cable("eth5");
  ASSERT_TRUE(until(loop_, [this] { return seen_.back().present; }));
  const auto first = seen_.back().ifindex;
  here("link del eth5");
  ASSERT_TRUE(until(loop_, [this] { return !seen_.back().present; }));
  here("link add eth6 type veth peer name spare");  // takes the next number
  cable("eth5");
  ASSERT_TRUE(until(loop_, [this] { return seen_.back().present; }));
  EXPECT_NE(seen_.back().ifindex, first);
}

TEST_F(MonitorLab, AReturnThatWasReadInOnePieceStillShowsTheAbsence) {
  open();
  const auto w = watch("eth1");
  settle();
  seen_.clear();
  here("link del eth1");
  cable("eth1");
  settle();
  ASSERT_GE(seen_.size(), 2U);
  EXPECT_FALSE(seen_.front().present);
  EXPECT_TRUE(seen_.back().present);
}

TEST_F(MonitorLab, ARenamedDeviceIsGoneUnderTheOldNameAndThereUnderTheNew) {
  open();
  const auto w = watch("eth1");
  std::vector<LinkState> other;
  const auto w2 = monitor_->watch_link("wan", [&](const LinkState& s) { other.push_back(s); });
  settle();
  here("link set eth1 name wan");
  ASSERT_TRUE(until(loop_, [&] { return !seen_.back().present && other.back().present; }));
}

TEST_F(MonitorLab, AWatchThatWasGivenUpIsNotCalled) {
  open();
  auto first = watch("eth1");
  settle();
  seen_.clear();
  LinkMonitor::Watch second;
  // Whoever is told first gives up the other.
  const auto killer = monitor_->watch_link("eth1", [&](const LinkState&) { second.reset(); });
  second =
      monitor_->watch_link("eth1", [&](const LinkState&) { FAIL() << "called after its end"; });
  first.reset();
  settle();
  here("link set eth1 up");
  settle();
  EXPECT_TRUE(seen_.empty());
}

TEST_F(MonitorLab, NeighbourStatesAreFollowed) {
  here("link set eth1 up");
  far("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  open();
  std::vector<fact::Nud> states;
  const auto w = monitor_->watch_neighbour("eth1", *IpAddress::parse("192.0.2.1"),
                                           [&](fact::Nud state) { states.push_back(state); });
  ASSERT_TRUE(until(loop_, [&] { return !states.empty(); }));
  EXPECT_EQ(states.back(), fact::Nud::Unknown);
  here("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth1 nud reachable");
  ASSERT_TRUE(until(loop_, [&] { return states.back() == fact::Nud::Reachable; }));
  here("neigh change 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth1 nud stale");
  ASSERT_TRUE(until(loop_, [&] { return states.back() == fact::Nud::Stale; }));
  here("link del eth1");
  ASSERT_TRUE(until(loop_, [&] { return states.back() == fact::Nud::Unknown; }));
}

TEST_F(MonitorLab, ADeadGatewayFails) {
  here("link set eth1 up");
  far("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  REQUIRE_OK(here_->sysctl("net/ipv4/neigh/eth1/retrans_time_ms", "50"));
  open();
  std::vector<fact::Nud> states;
  const auto w = monitor_->watch_neighbour("eth1", *IpAddress::parse("192.0.2.1"),
                                           [&](fact::Nud state) { states.push_back(state); });
  settle();
  (void)says({"ping", "-c", "1", "-W", "1", "192.0.2.1"});
  EXPECT_TRUE(until(loop_, [&] { return states.back() == fact::Nud::Failed; }));
}

TEST_F(MonitorLab, AddressesRoutesAndRulesAreTold) {
  open();
  const auto w = watch_all();
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  EXPECT_TRUE(changed("+address 192.0.2.2/24"));
  here("route add default via 192.0.2.1");
  EXPECT_TRUE(changed("+route default via 192.0.2.1"));
  here("-6 route add 2001:db8::/32 dev eth1");
  EXPECT_TRUE(changed("+route 2001:db8::/32 metric 1024"));
  here("rule add from 192.0.2.2 lookup 7700 priority 99");
  EXPECT_TRUE(changed("+rule 99: from 192.0.2.2/32 lookup 7700"));
  here("rule del priority 99");
  EXPECT_TRUE(changed("-rule 99: from 192.0.2.2/32 lookup 7700"));
  here("route del default");
  EXPECT_TRUE(changed("-route default via 192.0.2.1"));
  here("link del eth1");
  EXPECT_TRUE(changed("-link eth1"));
  EXPECT_TRUE(changed("-address 192.0.2.2/24"));
}

TEST_F(MonitorLab, AReplacedRouteIsToldAsGone) {
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  here("route add default via 192.0.2.1");
  open();
  const auto w = watch_all();
  here("route replace default via 192.0.2.9");
  EXPECT_TRUE(changed("+route default via 192.0.2.9"));
  EXPECT_THAT(changes_, Contains("-route default via 192.0.2.1"));
}

TEST_F(MonitorLab, Ipv4RoutesThatGoSilentlyAreTold) {
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  here("route add default via 192.0.2.1");
  here("route add 198.51.100.0/24 via 192.0.2.1 src 192.0.2.2");
  here("addr add 192.0.2.3/24 dev eth1");
  open();
  const auto w = watch_all();
  here("link set eth1 down");
  EXPECT_TRUE(changed("-route default via 192.0.2.1"));
  EXPECT_TRUE(changed("-route 198.51.100.0/24 via 192.0.2.1 src 192.0.2.2"));
}

TEST_F(MonitorLab, LostReportsAreMadeGood) {
  here("link set eth1 up");
  far("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  open(2048);
  const auto w = watch("eth1");
  const auto all = watch_all();
  settle();
  seen_.clear();
  changes_.clear();
  ASSERT_EQ(resyncs_, 0);
  // Nobody reads meanwhile: far more than fits, then the change that matters.
  for (int i = 0; i < 100; ++i) {
    here("link set eth1 mtu " + std::to_string(1300 + i));
  }
  here("route add default via 192.0.2.1");
  here("rule add from 192.0.2.2 lookup 7700 priority 99");
  here("addr add 192.0.2.7/24 dev eth1");
  far("link set eth1 down");
  ASSERT_TRUE(until(loop_, [this] { return resyncs_ > 0; }));
  settle();
  ASSERT_FALSE(seen_.empty());
  EXPECT_FALSE(seen_.back().carrier);
  EXPECT_EQ(seen_.back().mtu, 1399U);
  EXPECT_THAT(changes_, testing::IsSupersetOf({"+link eth1", "+route default via 192.0.2.1",
                                               "+rule 99: from 192.0.2.2/32 lookup 7700",
                                               "+address 192.0.2.7/24"}));
  // And it goes on hearing.
  far("link set eth1 up");
  EXPECT_TRUE(until(loop_, [this] { return seen_.back().carrier; }));
}

TEST_F(MonitorLab, SetAdminNamesAMissingDevice) {
  open();
  REQUIRE_OK(monitor_->set_admin("eth1", true));
  const auto missing = monitor_->set_admin("eth9", true);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().text(), testing::HasSubstr("eth9"));
}

TEST_F(MonitorLab, CountersAndSpeedOfADevice) {
  here("link set eth1 up");
  far("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  far("addr add 192.0.2.1/24 dev eth1");
  open();
  const auto before = monitor_->counters("eth1");
  REQUIRE_OK(before);
  EXPECT_THAT(says({"ping", "-c3", "-i0.1", "192.0.2.1"}), testing::HasSubstr("3 received"));
  const auto after = monitor_->counters("eth1");
  REQUIRE_OK(after);
  EXPECT_GE(after->tx_packets, before->tx_packets + 3);
  EXPECT_GE(after->rx_packets, before->rx_packets + 3);
  EXPECT_EQ(monitor_->counters("eth9").error().failure, FailureClass::Gone);

  EXPECT_EQ(monitor_->speed("eth1"), (fact::Speed{10000, true}));  // what veth says of itself
  EXPECT_EQ(monitor_->speed("lo"), std::nullopt);
  EXPECT_EQ(monitor_->speed("eth9"), std::nullopt);
}

TEST_F(MonitorLab, ANeighbourThatIsAskedAnswersOrFails) {
  here("link set eth1 up");
  far("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  far("addr add 192.0.2.1/24 dev eth1");
  open();
  const IpAddress gateway = *IpAddress::parse("192.0.2.1");
  std::vector<fact::Nud> told;
  const auto w = monitor_->watch_neighbour("eth1", gateway,
                                           [&told](fact::Nud state) { told.push_back(state); });
  const auto becomes = [&](fact::Nud state) {
    return until(loop_, [&] { return !told.empty() && told.back() == state; });
  };
  // Unknown to the kernel so far, then known and asked again.
  for (int i = 0; i < 2; ++i) {
    told.clear();
    REQUIRE_OK(monitor_->confirm_neighbour("eth1", gateway));
    EXPECT_TRUE(becomes(fact::Nud::Reachable));
  }
  far("link set eth1 arp off");
  far("addr flush dev eth1");
  REQUIRE_OK(monitor_->confirm_neighbour("eth1", gateway));
  EXPECT_TRUE(becomes(fact::Nud::Probing));
  EXPECT_TRUE(becomes(fact::Nud::Failed));
  // A dead one is asked again, too.
  far("link set eth1 arp on");
  far("addr add 192.0.2.1/24 dev eth1");
  REQUIRE_OK(monitor_->confirm_neighbour("eth1", gateway));
  EXPECT_TRUE(becomes(fact::Nud::Reachable));
  EXPECT_FALSE(monitor_->confirm_neighbour("eth9", gateway));
}

}  // namespace
}  // namespace mwan::netlink
