// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// A kernel that a test moves by hand.
class HandMonitor final : public LinkMonitor {
 public:
  Watch watch_link(const std::string&, std::function<void(const LinkState&)> call) override {
    link = std::move(call);
    return std::make_shared<int>(0);
  }
  Watch watch_neighbour(const std::string&, const IpAddress&,
                        std::function<void(fact::Nud)> call) override {
    neighbour = std::move(call);
    return std::make_shared<int>(0);
  }
  Status set_admin(const std::string&, bool up) override {
    admin.push_back(up);
    if (refuse) return failed(FailureClass::Permanent, "set up", "not permitted");
    return {};
  }
  Status confirm_neighbour(const std::string&, const IpAddress& address) override {
    asked.push_back(address.text());
    return {};
  }
  Result<NetdevCounters> counters(const std::string&) override { return NetdevCounters{}; }
  std::optional<fact::Speed> speed(const std::string&) override { return agreed; }
  std::optional<fact::Speed> agreed;
  std::vector<std::string> asked;
  std::function<void(const LinkState&)> link;
  std::function<void(fact::Nud)> neighbour;
  std::vector<bool> admin;
  bool refuse = false;
};

const LinkState absent{};
const LinkState down{
    .present = true, .ifindex = 3, .admin_up = false, .carrier = false, .mtu = 1500};
const LinkState unplugged{
    .present = true, .ifindex = 3, .admin_up = true, .carrier = false, .mtu = 1500};
const LinkState plugged{
    .present = true, .ifindex = 3, .admin_up = true, .carrier = true, .mtu = 1500};

std::string words(const Fact& fact) {
  if (const auto* f = std::get_if<fact::Device>(&fact)) return f->present ? "device" : "no device";
  if (const auto* f = std::get_if<fact::Carrier>(&fact)) return f->up ? "carrier" : "no carrier";
  if (std::holds_alternative<fact::Addressing>(fact)) return "addressing";
  if (std::holds_alternative<fact::Gateway>(fact)) return "gateway";
  if (const auto* f = std::get_if<fact::Speed>(&fact)) return std::to_string(f->mbps) + " Mbit/s";
  if (std::holds_alternative<fact::AddressingLost>(fact)) return "addressing lost";
  if (const auto* f = std::get_if<fact::Trouble>(&fact)) return "trouble: " + f->error.text();
  return "something else";
}

class EthernetDriverTest : public ::testing::Test {
 protected:
  void start() {
    driver = std::make_unique<EthernetDriver>(loop, monitor, config);
    driver->start([this](const Fact& fact) {
      said.push_back(words(fact));
      if (const auto* trouble = std::get_if<fact::Trouble>(&fact)) retry = trouble->retry_in;
    });
  }
  void stop() {
    Job job;
    job.start(driver->stop());
    EXPECT_FALSE(job.running());
  }
  Loop loop;
  HandMonitor monitor;
  EthernetConfig config{
      .link = "wire",
      .netdev = "eth1",
      .addressing = {.v4 = IpFamilyConfig{.address = *IpPrefix::parse("203.0.113.2/30"),
                                          .gateway = IpAddress::parse("203.0.113.1")}}};
  std::unique_ptr<EthernetDriver> driver;
  std::vector<std::string> said;
  std::optional<Duration> retry;  // of the last trouble
};

TEST_F(EthernetDriverTest, AMissingDeviceIsNamedAndTakenWhenItAppears) {
  start();
  monitor.link(absent);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0], "no device");
  EXPECT_THAT(said[1], ::testing::HasSubstr("wire: no network device named eth1"));
  said.clear();
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing"));
}

TEST_F(EthernetDriverTest, ADeviceThatIsDownIsSetUpAndGivenBack) {
  start();
  monitor.link(down);
  EXPECT_THAT(monitor.admin, ElementsAre(true));
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing"));
  stop();
  EXPECT_THAT(monitor.admin, ElementsAre(true, false));
}

TEST_F(EthernetDriverTest, ADeviceThatWasUpStaysUp) {
  start();
  monitor.link(plugged);
  stop();
  EXPECT_THAT(monitor.admin, ElementsAre());
}

TEST_F(EthernetDriverTest, SomebodyElsesDownIsRespected) {
  config.vanish_patience = 1ms;
  start();
  monitor.link(down);
  monitor.link(plugged);
  said.clear();
  monitor.link(down);
  EXPECT_THAT(said, ElementsAre("no carrier"));
  while (said.size() < 2) loop.iterate(true);
  EXPECT_THAT(said[1], ::testing::HasSubstr("set down by somebody else"));
  LinkState other_mtu = down;
  other_mtu.mtu = 1400;
  monitor.link(other_mtu);
  EXPECT_THAT(monitor.admin, ElementsAre(true));
  stop();
  EXPECT_THAT(monitor.admin, ElementsAre(true));  // nor set up, nor set down once more
}

TEST_F(EthernetDriverTest, WhatTheKernelSetsDownBeforeItIsGoneWasNobody) {
  config.vanish_patience = 1ms;
  start();
  monitor.link(plugged);
  said.clear();
  monitor.link(down);
  EXPECT_THAT(said, ElementsAre("no carrier")) << "at once";
  monitor.link(absent);
  bool later = false;
  const auto timer = loop.after(20ms, [&] { later = true; });
  while (!later) loop.iterate(true);
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[1], "no device");
  EXPECT_THAT(said[2], ::testing::HasSubstr("no network device named eth1"));
}

TEST_F(EthernetDriverTest, WhatSomebodyElseSetsUpAgainIsUsedAgain) {
  start();
  monitor.link(plugged);
  monitor.link(down);
  said.clear();
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("carrier", "addressing"));
}

TEST_F(EthernetDriverTest, AReportOfADeviceThatIsStillDownIsNobodysDoing) {
  start();
  monitor.link(down);
  LinkState other_mtu = down;
  other_mtu.mtu = 1400;
  monitor.link(other_mtu);
  EXPECT_THAT(said, ElementsAre("device"));
  EXPECT_THAT(monitor.admin, ElementsAre(true));
}

TEST_F(EthernetDriverTest, AnotherDeviceOfTheSameNameIsTakenAnew) {
  start();
  monitor.link(down);
  monitor.link(plugged);
  monitor.link(absent);
  said.clear();
  monitor.link(down);
  EXPECT_THAT(monitor.admin, ElementsAre(true, true));
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing"));
}

TEST_F(EthernetDriverTest, MayBeStoppedByWhoeverIsTold) {
  driver = std::make_unique<EthernetDriver>(loop, monitor, config);
  Job job;
  driver->start([&](const Fact& fact) {
    said.push_back(words(fact));
    if (said.back() == "carrier") job.start(driver->stop());
  });
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("device", "carrier"));
}

TEST_F(EthernetDriverTest, ARefusedBringUpIsTriedAgain) {
  monitor.refuse = true;
  start();
  monitor.link(down);
  EXPECT_EQ(retry, std::chrono::seconds(1));
  monitor.refuse = false;
  const Instant limit = Loop::now() + 10s;
  while (monitor.admin.size() < 2 && Loop::now() < limit) loop.iterate(true);
  EXPECT_THAT(monitor.admin, ElementsAre(true, true));
  stop();
}

TEST_F(EthernetDriverTest, ObservingChangesNothing) {
  config.observe_only = true;
  start();
  monitor.link(down);
  EXPECT_THAT(monitor.admin, ElementsAre());
}

TEST_F(EthernetDriverTest, CarrierIsLostAtOnceAndAddressingComesBackWithIt) {
  start();
  monitor.link(plugged);
  said.clear();
  monitor.link(unplugged);
  EXPECT_THAT(said, ElementsAre("no carrier"));
  monitor.link(unplugged);
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("no carrier", "carrier", "addressing"));
}

TEST_F(EthernetDriverTest, ADebouncedLossIsReportedOnlyWhenItLasts) {
  config.carrier_debounce = 30ms;
  start();
  monitor.link(plugged);
  said.clear();
  monitor.link(unplugged);
  monitor.link(plugged);
  const SourceHandle later = loop.after(60ms, [] {});
  loop.iterate(true);
  EXPECT_THAT(said, ElementsAre());
  monitor.link(unplugged);
  const Instant limit = Loop::now() + 5s;
  while (said.empty() && Loop::now() < limit) loop.iterate(true);
  EXPECT_THAT(said, ElementsAre("no carrier"));
}

TEST_F(EthernetDriverTest, TheGatewaysStateIsPassedOn) {
  start();
  monitor.link(plugged);
  said.clear();
  monitor.neighbour(fact::Nud::Failed);
  EXPECT_THAT(said, ElementsAre("gateway"));
}

TEST_F(EthernetDriverTest, AGatewayThatAnswersSoonWasNeverInDoubt) {
  config.gateway_patience = 30ms;
  start();
  monitor.link(plugged);
  monitor.neighbour(fact::Nud::Reachable);
  said.clear();
  monitor.neighbour(fact::Nud::Probing);
  monitor.neighbour(fact::Nud::Reachable);
  const SourceHandle later = loop.after(60ms, [] {});
  loop.iterate(true);
  EXPECT_THAT(said, ElementsAre());

  monitor.neighbour(fact::Nud::Probing);
  EXPECT_THAT(said, ElementsAre());
  const Instant limit = Loop::now() + 10s;
  while (said.empty() && Loop::now() < limit) loop.iterate(true);
  EXPECT_THAT(said, ElementsAre("gateway"));
  monitor.neighbour(fact::Nud::Failed);
  EXPECT_EQ(said.size(), 2U);
}

TEST_F(EthernetDriverTest, LookingCloserAsksTheGateway) {
  start();
  driver->look_closer();
  EXPECT_THAT(monitor.asked, ElementsAre());  // nothing is there yet
  monitor.link(plugged);
  driver->look_closer();
  EXPECT_THAT(monitor.asked, ElementsAre("203.0.113.1"));
  monitor.link(unplugged);
  driver->look_closer();
  EXPECT_EQ(monitor.asked.size(), 1U);
}

TEST_F(EthernetDriverTest, TheSpeedIsSaidWhenItIsAnother) {
  config.carrier_debounce = 10s;
  monitor.agreed = fact::Speed{1000, true};
  start();
  monitor.link(plugged);
  EXPECT_EQ(said.back(), "1000 Mbit/s");
  said.clear();
  monitor.link(unplugged);
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre());
  monitor.link(unplugged);  // too short to be told
  monitor.agreed = fact::Speed{10, true};
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("10 Mbit/s"));
  monitor.link(absent);
  said.clear();
  monitor.link(plugged);
  EXPECT_EQ(said.back(), "10 Mbit/s");  // another device
}

TEST_F(EthernetDriverTest, ARefusalIsReported) {
  monitor.refuse = true;
  start();
  monitor.link(down);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_THAT(said[1], ::testing::HasSubstr("not permitted"));
}

// A protocol that a test speaks by hand.
class HandClient final : public AddressClient {
 public:
  explicit HandClient(Loop& loop) : loop_(loop) {}
  void start(Calls to) override {
    calls = std::move(to);
    ++starts;
  }
  void carrier(bool up) override { has_carrier = up; }
  Task<void> stop() override {
    const Cancel never;
    co_await pause(loop_, never, 10ms);
    ++stops;
  }
  bool has_carrier = false;
  Calls calls;
  int starts = 0;
  int stops = 0;

 private:
  Loop& loop_;
};

class LeasedEthernetTest : public EthernetDriverTest {
 protected:
  void SetUp() override {
    config.addressing = {};
    auto made = std::make_unique<HandClient>(loop);
    client = made.get();
    driver = std::make_unique<EthernetDriver>(loop, monitor, config,
                                              AddressClients{.v4 = std::move(made), .v6 = nullptr});
    driver->start([this](const Fact& fact) {
      said.push_back(words(fact));
      if (const auto* f = std::get_if<fact::Addressing>(&fact)) last = f->config;
    });
  }
  static IpConfig lease(const char* address, std::optional<std::uint32_t> mtu = std::nullopt) {
    return {.v4 = IpFamilyConfig{.address = *IpPrefix::parse(address),
                                 .gateway = IpAddress::parse("192.0.2.1")},
            .mtu = mtu};
  }
  bool until(const std::function<bool()>& condition) {
    const Instant limit = Loop::now() + 5s;
    while (!condition() && Loop::now() < limit) loop.iterate(true);
    return condition();
  }
  HandClient* client = nullptr;
  IpConfig last;
};

TEST_F(LeasedEthernetTest, TheClientIsStartedOnceTheDeviceIsUp) {
  monitor.link(down);
  EXPECT_EQ(client->starts, 0);
  monitor.link(unplugged);
  monitor.link(plugged);
  EXPECT_EQ(client->starts, 1);
  EXPECT_THAT(said, ElementsAre("device", "no carrier", "carrier"));
  client->calls.got(lease("192.0.2.7/24", 1400));
  EXPECT_EQ(said.back(), "addressing");
  EXPECT_EQ(last, lease("192.0.2.7/24", 1400));
  monitor.neighbour(fact::Nud::Failed);
  EXPECT_EQ(said.back(), "gateway");
}

TEST_F(LeasedEthernetTest, OnlyNewsAreSaid) {
  monitor.link(plugged);
  client->calls.got(lease("192.0.2.7/24"));
  said.clear();
  client->calls.got(lease("192.0.2.7/24"));
  EXPECT_THAT(said, ElementsAre());
  client->calls.got(lease("192.0.2.8/24"));
  EXPECT_THAT(said, ElementsAre("addressing"));
  client->calls.lost("expired");
  client->calls.lost("expired");
  EXPECT_THAT(said, ElementsAre("addressing", "addressing lost"));
  client->calls.got(lease("192.0.2.8/24"));
  EXPECT_EQ(said.back(), "addressing");
}

TEST_F(LeasedEthernetTest, ALostCarrierTakesTheLeaseUntilItIsConfirmed) {
  monitor.link(plugged);
  client->calls.got(lease("192.0.2.7/24"));
  said.clear();
  monitor.link(unplugged);
  EXPECT_THAT(said, ElementsAre("no carrier", "addressing lost"));
  said.clear();
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("carrier"));
  client->calls.got(lease("192.0.2.7/24"));
  EXPECT_THAT(said, ElementsAre("carrier", "addressing"));
}

TEST_F(LeasedEthernetTest, WhatIsGivenStandsOverTheLease) {
  config.addressing = {.v6 = IpFamilyConfig{.address = *IpPrefix::parse("2001:db8::2/64"),
                                            .gateway = IpAddress::parse("fe80::1")},
                       .mtu = 1300};
  auto made = std::make_unique<HandClient>(loop);
  client = made.get();
  driver = std::make_unique<EthernetDriver>(loop, monitor, config,
                                            AddressClients{.v4 = std::move(made), .v6 = nullptr});
  driver->start([this](const Fact& fact) {
    if (const auto* f = std::get_if<fact::Addressing>(&fact)) last = f->config;
  });
  monitor.link(plugged);
  client->calls.got(lease("192.0.2.7/24", 1400));
  EXPECT_EQ(last.mtu, 1300U);
  EXPECT_TRUE(last.v6);
  EXPECT_EQ(last.v4, lease("192.0.2.7/24").v4);
}

TEST_F(LeasedEthernetTest, AReplacedDeviceGetsAClientThatWasStoppedFirst) {
  monitor.link(plugged);
  client->calls.got(lease("192.0.2.7/24"));
  monitor.link(absent);
  monitor.link(plugged);
  EXPECT_EQ(client->starts, 1);
  EXPECT_TRUE(until([this] { return client->starts == 2; }));
  EXPECT_EQ(client->stops, 1);
}

TEST_F(LeasedEthernetTest, StoppingWaitsForTheClient) {
  monitor.link(plugged);
  Job job;
  job.start(driver->stop());
  EXPECT_TRUE(job.running());
  EXPECT_TRUE(until([&] { return !job.running(); }));
  EXPECT_EQ(client->stops, 1);
}

class DualEthernetTest : public LeasedEthernetTest {
 protected:
  void SetUp() override { make(); }
  void make() {
    auto v4 = std::make_unique<HandClient>(loop);
    auto v6 = std::make_unique<HandClient>(loop);
    client = v4.get();
    routers = v6.get();
    driver = std::make_unique<EthernetDriver>(
        loop, monitor, config, AddressClients{.v4 = std::move(v4), .v6 = std::move(v6)});
    said.clear();
    driver->start([this](const Fact& fact) {
      said.push_back(words(fact));
      if (const auto* f = std::get_if<fact::Addressing>(&fact)) last = f->config;
    });
  }
  static IpConfig advertised(std::optional<std::uint32_t> mtu = std::nullopt) {
    return {.v6 = IpFamilyConfig{.address = *IpPrefix::parse("2001:db8::2/64"),
                                 .gateway = IpAddress::parse("fe80::1")},
            .mtu = mtu};
  }
  HandClient* routers = nullptr;
};

TEST_F(DualEthernetTest, IPv6WaitsForIPv4AndJoinsIt) {
  config.addressing = {};
  make();
  monitor.link(plugged);
  EXPECT_TRUE(routers->has_carrier);
  routers->calls.got(advertised(1480));
  EXPECT_THAT(said, ElementsAre("device", "carrier"));
  client->calls.got(lease("192.0.2.7/24", 1492));
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing"));
  EXPECT_TRUE(last.v4 && last.v6);
  EXPECT_EQ(last.mtu, 1480U);
}

TEST_F(DualEthernetTest, TheLossOfIPv6IsNoLossOfTheLinkButThatOfIPv4Is) {
  config.addressing = {};
  make();
  monitor.link(plugged);
  client->calls.got(lease("192.0.2.7/24"));
  routers->calls.got(advertised());
  said.clear();
  routers->calls.lost("no router");
  EXPECT_THAT(said, ElementsAre("addressing"));
  EXPECT_TRUE(last.v4);
  EXPECT_FALSE(last.v6);
  routers->calls.got(advertised());
  said.clear();
  client->calls.lost("expired");
  EXPECT_THAT(said, ElementsAre("addressing lost"));
}

TEST_F(DualEthernetTest, ApartEachFamilyStandsForItself) {
  config.addressing = {};
  config.families_apart = true;
  make();
  monitor.link(plugged);
  routers->calls.got(advertised());
  client->calls.got(lease("192.0.2.7/24"));
  client->calls.lost("expired");
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing", "addressing", "addressing"));
  EXPECT_FALSE(last.v4);
}

TEST_F(DualEthernetTest, AGivenAddressDoesNotWaitForARouter) {
  auto v6 = std::make_unique<HandClient>(loop);
  routers = v6.get();
  config.addressing.v4 = IpFamilyConfig{.address = *IpPrefix::parse("203.0.113.2/30"),
                                        .gateway = IpAddress::parse("203.0.113.1")};
  driver = std::make_unique<EthernetDriver>(loop, monitor, config,
                                            AddressClients{.v4 = nullptr, .v6 = std::move(v6)});
  said.clear();
  driver->start([this](const Fact& fact) { said.push_back(words(fact)); });
  monitor.link(plugged);
  EXPECT_THAT(said, ElementsAre("device", "carrier", "addressing"));
  routers->calls.got(advertised());
  EXPECT_EQ(said.size(), 4U);
}

TEST_F(LeasedEthernetTest, TroubleOfTheClientIsPassedOn) {
  monitor.link(plugged);
  client->calls.trouble({FailureClass::Transient, "wire", "nobody answered"}, 64s);
  EXPECT_THAT(said.back(), ::testing::HasSubstr("nobody answered"));
}

}  // namespace
}  // namespace mwan
