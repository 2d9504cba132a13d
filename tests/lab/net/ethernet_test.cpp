// SPDX-License-Identifier: LGPL-2.1-or-later
// The ethernet driver on real devices, with the monitor that it has in the daemon.
#include "hal/ethernet/ethernet_driver.hpp"
#include "netlink/monitor.hpp"
#include "tests/lab/net/in_netns.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;

class EthernetLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto opened = netlink::Monitor::open(loop_);
    REQUIRE_OK(opened);
    monitor_ = std::move(*opened);
    driver_ = std::make_unique<EthernetDriver>(
        loop_, *monitor_,
        EthernetConfig{
            .link = "wire",
            .netdev = "eth1",
            .addressing = {.v4 = IpFamilyConfig{.address = *IpPrefix::parse("192.0.2.2/24"),
                                                .gateway = IpAddress::parse("192.0.2.1"),
                                                .dns = {}},
                           .v6 = std::nullopt,
                           .mtu = std::nullopt}});
  }
  void start() {
    driver_->start([this](Fact fact) { facts_.push_back(std::move(fact)); });
  }
  void stop() {
    Job job;
    job.start(driver_->stop());
    EXPECT_FALSE(job.running());
  }
  // The fact comes, now or later.
  bool told(const Fact& fact) {
    return until(loop_, [&] { return std::ranges::count(facts_, fact) != 0; });
  }
  [[nodiscard]] std::string eth1() const { return says({"ip", "link", "show", "eth1"}); }

  Loop loop_;
  std::unique_ptr<netlink::Monitor> monitor_;
  std::unique_ptr<EthernetDriver> driver_;
  std::vector<Fact> facts_;
};

TEST_F(EthernetLab, FromMissingToUsableAndBack) {
  start();
  EXPECT_TRUE(facts_.empty());
  ASSERT_TRUE(until(loop_, [this] { return facts_.size() == 2; }));
  EXPECT_EQ(facts_[0], Fact(fact::Device{false, ""}));
  ASSERT_TRUE(std::holds_alternative<fact::Trouble>(facts_[1]));
  EXPECT_THAT(std::get<fact::Trouble>(facts_[1]).error.text(),
              testing::HasSubstr("wire: no network device named eth1"));
  facts_.clear();

  cable("eth1");
  far("link set eth1 up");
  EXPECT_TRUE(told(fact::Device{true, "eth1"}));
  EXPECT_TRUE(told(fact::Carrier{true}));
  ASSERT_TRUE(until(loop_, [this] {
    return std::ranges::any_of(facts_, [](const Fact& fact) {
      const auto* addressing = std::get_if<fact::Addressing>(&fact);
      return addressing != nullptr && addressing->config.v4.has_value();
    });
  }));
  facts_.clear();

  far("link set eth1 down");
  ASSERT_TRUE(until(loop_, [this] { return !facts_.empty(); }));
  EXPECT_EQ(facts_.front(), Fact(fact::Carrier{false}));
  facts_.clear();

  here("link del eth1");
  EXPECT_TRUE(told(fact::Device{false, ""}));
  stop();
}

TEST_F(EthernetLab, ADeviceThatWasDownIsDownAgainAfterwards) {
  cable("eth1");
  far("link set eth1 up");
  start();
  EXPECT_TRUE(told(fact::Carrier{true}));
  EXPECT_THAT(eth1(), testing::HasSubstr(",UP,"));
  stop();
  EXPECT_THAT(eth1(), testing::Not(testing::HasSubstr(",UP,")));
}

TEST_F(EthernetLab, TheGatewaysStateIsReported) {
  cable("eth1");
  far("link set eth1 up");
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  start();
  here("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth1 nud reachable");
  EXPECT_TRUE(told(fact::Gateway{*IpAddress::parse("192.0.2.1"), fact::Nud::Reachable}));
  stop();
}

TEST_F(EthernetLab, ASilentGatewayIsDoubtedAtOnceAndGivenUpByTheKernel) {
  cable("eth1");
  far("link set eth1 up");
  far("addr add 192.0.2.1/24 dev eth1");
  here("link set eth1 up");
  here("addr add 192.0.2.2/24 dev eth1");
  const IpAddress gateway = *IpAddress::parse("192.0.2.1");
  start();
  EXPECT_TRUE(told(fact::Speed{10000, true}));
  driver_->look_closer();
  EXPECT_TRUE(told(fact::Gateway{gateway, fact::Nud::Reachable}));
  facts_.clear();
  driver_->look_closer();
  until(
      loop_, [] { return false; }, 500ms);
  EXPECT_THAT(facts_, testing::IsEmpty());  // it answered, as before: no news
  far("link set eth1 arp off");
  far("addr flush dev eth1");
  driver_->look_closer();
  EXPECT_TRUE(told(fact::Gateway{gateway, fact::Nud::Probing}));
  EXPECT_TRUE(told(fact::Gateway{gateway, fact::Nud::Failed}));
  stop();
}

}  // namespace
}  // namespace mwan
