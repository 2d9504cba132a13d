// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ethernet/ethernet_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/ethernet/sample_ethernet.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::absent;
using testing::down;
using ::testing::ElementsAre;
using testing::EthernetDriverTest;
using testing::HandMonitor;
using testing::plugged;
using testing::unplugged;
using testing::words;

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

}  // namespace
}  // namespace mwan
