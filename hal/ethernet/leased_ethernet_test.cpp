// SPDX-License-Identifier: LGPL-2.1-or-later
// The ethernet driver with addresses that a protocol brings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/ethernet/ethernet_driver.hpp"
#include "hal/ethernet/sample_ethernet.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::absent;
using testing::down;
using ::testing::ElementsAre;
using testing::EthernetDriverTest;
using testing::plugged;
using testing::unplugged;
using testing::words;

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
