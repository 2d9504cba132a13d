// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/usb_conditions.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using What = PortEvent::What;

Port port_of(const std::string& vendor, const std::string& product) {
  Port port;
  port.usb_device = "/sys/devices/usb1/1-2";
  port.syspath = port.usb_device + "/" + product;
  port.vendor_id = vendor;
  port.product_id = product;
  return port;
}

class UsbConditionsTest : public testing::Test {
 protected:
  // Comes and goes; what was said.
  std::optional<UsbCondition> flash(const Port& port, Duration apart = 5s) {
    now_ += apart;
    auto said = conditions_.take({What::Added, port}, now_);
    EXPECT_FALSE(conditions_.take({What::Removed, port}, now_ + 1s));
    return said;
  }
  UsbConditions conditions_;
  Instant now_{};
  const Port storage_ = port_of("12d1", "1f01");
  const Port modem_ = port_of("12d1", "14db");
};

TEST_F(UsbConditionsTest, AModeSwitchAndAFewResetsAreNothing) {
  EXPECT_FALSE(flash(storage_));
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(flash(modem_));
}

TEST_F(UsbConditionsTest, ALoopIsSaidOnceWithBothIdentities) {
  int said = 0;
  for (int i = 0; i < 20; ++i) {
    if (const auto condition = flash(i % 2 == 0 ? storage_ : modem_)) {
      ++said;
      EXPECT_EQ(i, 5);
      EXPECT_EQ(condition->what, UsbCondition::What::ModeSwitchLoop);
      EXPECT_EQ(condition->usb_device, "/sys/devices/usb1/1-2");
      EXPECT_THAT(condition->text, HasSubstr("USB 1-2 appeared 6 times within 120 s"));
      EXPECT_THAT(condition->text, HasSubstr("12d1:14db and 12d1:1f01"));
    }
  }
  EXPECT_EQ(said, 1);
}

TEST_F(UsbConditionsTest, ALoopIsSaidAgainAfterQuiet) {
  for (int i = 0; i < 8; ++i) flash(modem_);
  EXPECT_FALSE(flash(modem_, 10min));
  int said = 0;
  for (int i = 0; i < 8; ++i) said += static_cast<int>(flash(modem_).has_value());
  EXPECT_EQ(said, 1);
}

TEST_F(UsbConditionsTest, SlowAppearancesAreNoLoop) {
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(flash(modem_, 30s)) << i;
}

TEST_F(UsbConditionsTest, FurtherPortsAreNoAppearance) {
  for (int i = 0; i < 20; ++i) {
    Port port = modem_;
    port.syspath += std::to_string(i);
    EXPECT_FALSE(conditions_.take({What::Added, port}, now_));
    EXPECT_FALSE(conditions_.take({What::Changed, port}, now_));
  }
}

TEST_F(UsbConditionsTest, EmergencyDownloadIsSaidOnceEachTimeItIsThere) {
  const Port loader = port_of("05c6", "9008");
  const auto said = conditions_.take({What::Added, loader}, now_);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->what, UsbCondition::What::EmergencyDownload);
  EXPECT_THAT(said->text, HasSubstr("emergency download mode (05c6:9008)"));
  EXPECT_FALSE(conditions_.take({What::Changed, loader}, now_));
  EXPECT_FALSE(conditions_.take({What::Removed, loader}, now_));
  EXPECT_TRUE(conditions_.take({What::Added, loader}, now_ + 1h));
}

TEST_F(UsbConditionsTest, WhatIsNotOnUsbIsNothing) {
  Port port;
  port.syspath = "/sys/devices/virtual/net/br0";
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(conditions_.take({What::Added, port}, now_));
}

}  // namespace
}  // namespace mwan
