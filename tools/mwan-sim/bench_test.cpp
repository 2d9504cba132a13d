// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/bench.hpp"

#include <gtest/gtest.h>

namespace mwan::sim {
namespace {

TEST(ModemArgument, NamesDeviceScenarioAndNetworkDevices) {
  const auto plain = read_modem_argument("/dev/cdc-wdm0=scenarios/fade.scn");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->options.device, "/dev/cdc-wdm0");
  EXPECT_EQ(plain->scenario, "scenarios/fade.scn");
  EXPECT_EQ(plain->options.net, "");
  const auto full =
      read_modem_argument("/dev/a=b.scn,net=wwan1,operator-net=lte1,operator-netns=7");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->scenario, "b.scn");
  EXPECT_EQ(full->options.net, "wwan1");
  EXPECT_EQ(full->options.operator_net, "lte1");
  EXPECT_EQ(full->options.operator_netns, "7");
}

TEST(ModemArgument, IsRefusedWhenItIsIncomplete) {
  for (const char* text : {"", "/dev/a", "=b.scn", "/dev/a=", "/dev/a=,net=x", "/dev/a=b.scn,net",
                           "/dev/a=b.scn,net=", "/dev/a=b.scn,colour=red", "/dev/a=b.scn,"}) {
    EXPECT_FALSE(read_modem_argument(text)) << text;
  }
}

TEST(ModemArgument, OnTheBusTheKernelMakesTheNetworkDevice) {
  const auto modem = read_modem_argument("one=b.scn,usb=mbim,operator-net=lte1");
  ASSERT_TRUE(modem);
  EXPECT_EQ(modem->options.usb, usb::Kind::Mbim);
  EXPECT_EQ(read_modem_argument("one=b.scn,usb=qmi")->options.usb, usb::Kind::Qmi);
  EXPECT_FALSE(read_modem_argument("one=b.scn,usb=serial"));
  EXPECT_FALSE(read_modem_argument("one=b.scn,usb=qmi,net=wwan0"));
}

}  // namespace
}  // namespace mwan::sim
