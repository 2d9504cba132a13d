// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/classify.hpp"

#include <gtest/gtest.h>

#include "hal/discovery/sample_devices.hpp"

namespace mwan {
namespace {

using sample::one;
using sample::Usb;

constexpr const char* kBurntIn = "00:e0:4c:68:00:01";
constexpr const char* kMadeUp = "02:15:60:0a:0b:0c";

std::optional<LinkKind> kind_of_usb_net(const std::string& driver, const std::string& mac,
                                        const std::string& vendor = "18d1") {
  const Usb usb{.vendor = vendor};
  return link_kind_of(one({sample::usb_net(usb, "usb0", driver, mac)}));
}

TEST(Classify, ModemsAreWhatAModemDriverMade) {
  for (const char* driver : {"qmi_wwan", "cdc_mbim", "huawei_cdc_ncm"}) {
    EXPECT_EQ(link_kind_of(one(sample::modem_ports({}, 0, driver))), LinkKind::Modem) << driver;
  }
}

TEST(Classify, AModemIsOneBeforeItsControlChannelIsThere) {
  EXPECT_EQ(link_kind_of(one({sample::modem_ports({}, 0)[1]})), LinkKind::Modem);
}

TEST(Classify, PhonesByTheirDriver) {
  EXPECT_EQ(kind_of_usb_net("rndis_host", kMadeUp), LinkKind::Tether);
  EXPECT_EQ(kind_of_usb_net("rndis_host", kBurntIn), LinkKind::Tether);
  EXPECT_EQ(kind_of_usb_net("ipheth", kBurntIn, "05ac"), LinkKind::Tether);
}

TEST(Classify, WhereOneDriverServesBothTheAddressTells) {
  for (const char* driver : {"cdc_ether", "cdc_ncm"}) {
    EXPECT_EQ(kind_of_usb_net(driver, kMadeUp), LinkKind::Tether) << driver;
    EXPECT_EQ(kind_of_usb_net(driver, "fa:15:60:0a:0b:0c"), LinkKind::Tether) << driver;
    EXPECT_EQ(kind_of_usb_net(driver, kBurntIn), LinkKind::Ethernet) << driver;
  }
}

TEST(Classify, SticksWithAProperAddressAreKnownByTheirMaker) {
  EXPECT_EQ(kind_of_usb_net("cdc_ether", "0c:5b:8f:27:9a:64", "12d1"), LinkKind::Tether);
}

TEST(Classify, UsbCardsWithADriverOfTheirOwn) {
  EXPECT_EQ(kind_of_usb_net("r8152", kBurntIn, "0bda"), LinkKind::Ethernet);
  EXPECT_EQ(kind_of_usb_net("ax88179_178a", kMadeUp, "0b95"), LinkKind::Ethernet);
}

TEST(Classify, CardsAndCables) {
  EXPECT_EQ(link_kind_of(one({sample::card("eth0", kBurntIn)})), LinkKind::Ethernet);
  EXPECT_EQ(link_kind_of(one({sample::veth("eth1", kMadeUp)})), LinkKind::Ethernet);
}

TEST(Classify, WhatIsNoUplink) {
  Port bridge = sample::veth("br0", kMadeUp);
  bridge.devtype = "bridge";
  EXPECT_EQ(link_kind_of(one({bridge})), std::nullopt);
  Port radio = sample::card("wlan0", kBurntIn);
  radio.devtype = "wlan";
  EXPECT_EQ(link_kind_of(one({radio})), std::nullopt);
  Port usb_radio = sample::usb_net({}, "wlan1", "rt2800usb", kBurntIn);
  usb_radio.devtype = "wlan";
  EXPECT_EQ(link_kind_of(one({usb_radio})), std::nullopt);
  EXPECT_EQ(link_kind_of(one({sample::veth("tun0", "")})), std::nullopt);
  EXPECT_EQ(link_kind_of(one({sample::usb_port({}, "tty", "ttyUSB0", "option1")})), std::nullopt);
}

}  // namespace
}  // namespace mwan
