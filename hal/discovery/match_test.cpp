// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/discovery/sample_devices.hpp"

namespace mwan {
namespace {

using testing::HasSubstr;

bool matches(const std::string& text, const HardwareDevice& device) {
  const auto parsed = parse_match(text);
  EXPECT_TRUE(parsed) << text << ": " << parsed.error();
  return parsed && parsed->matches(device);
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_match(text);
  return parsed ? "none" : parsed.error();
}

TEST(Match, EachConditionByItself) {
  const HardwareDevice modem = sample::one(sample::modem_ports({}, 3));
  EXPECT_TRUE(matches("any", modem));
  EXPECT_TRUE(matches("usb:1199", modem));
  EXPECT_TRUE(matches("usb:1199:9071", modem));
  EXPECT_FALSE(matches("usb:1199:9079", modem));
  EXPECT_FALSE(matches("usb:12d1", modem));
  EXPECT_TRUE(matches("serial:LQ650551070110", modem));
  EXPECT_FALSE(matches("serial:LQ65055107011", modem));
  EXPECT_TRUE(matches("path:pci-0000:00:14.0-usb-0:2", modem));
  EXPECT_FALSE(matches("path:pci-0000:00:14.0-usb-0:2.1", modem));
  EXPECT_FALSE(matches("mac:02:00:00:00:00:01", modem)) << "it has none";
}

TEST(Match, AllConditionsHaveToHold) {
  const HardwareDevice modem = sample::one(sample::modem_ports({}, 3));
  EXPECT_TRUE(matches("usb:1199:9071,serial:LQ650551070110", modem));
  EXPECT_FALSE(matches("usb:1199:9071,serial:OTHER", modem));
}

TEST(Match, HexadecimalDigitsOfEitherCase) {
  const HardwareDevice card = sample::one({sample::card("eth0", "00:e0:4c:68:00:0a")});
  EXPECT_TRUE(matches("mac:00:E0:4C:68:00:0A", card));
  sample::Usb huawei{.vendor = "12d1", .product = "14DB"};
  EXPECT_TRUE(matches("usb:12D1:14db", sample::one(sample::modem_ports(huawei, 0))));
}

TEST(Match, APciCardHasNoUsbNumbers) {
  Port card = sample::card("eth0", "00:e0:4c:68:00:0a");
  card.vendor_id = "8086";
  EXPECT_FALSE(matches("usb:8086", sample::one({card})));
  EXPECT_TRUE(matches("path:pci-0000:02:00.0", sample::one({card})));
}

TEST(Match, ASerialNumberThatCannotBeWrittenCountsAsUdevWritesIt) {
  sample::Usb odd{.serial = "A B(1)"};
  EXPECT_TRUE(matches("serial:A_B_1_", sample::one(sample::modem_ports(odd, 0))));
}

TEST(Match, WhatIsWrongIsSaid) {
  EXPECT_THAT(error_of(""), HasSubstr("is no condition; expected is any, or of usb:"));
  EXPECT_THAT(error_of("imei:123"), HasSubstr("\"imei:\" is no condition"));
  EXPECT_THAT(error_of("usb:1199:90712"), HasSubstr("as lsusb prints them"));
  EXPECT_THAT(error_of("usb:"), HasSubstr("usb: has nothing behind it"));
  EXPECT_THAT(error_of("usb:1199,usb:12d1"), HasSubstr("says usb twice"));
  EXPECT_THAT(error_of("mac:1:2:3:4:5:6"), HasSubstr("is not an address like"));
  EXPECT_THAT(error_of("any,serial:1"), HasSubstr("any stands alone"));
  EXPECT_THAT(error_of("serial:1,"), HasSubstr("is no condition"));
  EXPECT_THAT(error_of("serial:" + std::string(200, '1')), HasSubstr("too long"));
}

TEST(Match, TheMorePreciseCountsMore) {
  const char* in_order[] = {
      "any",      "usb:1199",         "usb:1199:9071", "path:p", "mac:02:00:00:00:00:01",
      "serial:s", "serial:s,usb:1199"};
  for (std::size_t i = 1; i < std::size(in_order); ++i) {
    EXPECT_LT(parse_match(in_order[i - 1])->specificity(), parse_match(in_order[i])->specificity())
        << in_order[i];
  }
}

TEST(Match, ErrorsShowNothingThatDrivesATerminal) {
  for (const char* text : {"mac:\x1b[2J", "usb:\x1b[2J", "\x1b[2J:1", "\x1b[2J:", "\x1b[2J"}) {
    EXPECT_THAT(error_of(text), HasSubstr("2J"));
    EXPECT_THAT(error_of(text), testing::Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace mwan
