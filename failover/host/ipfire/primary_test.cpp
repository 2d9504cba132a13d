// SPDX-License-Identifier: LGPL-2.1-or-later
// What RED is, from the settings of every kind of connection that IPFire offers.
#include "failover/host/ipfire/primary.hpp"

#include <gmock/gmock.h>

namespace mwan::failover::ipfire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<Primary> detect(const std::string& ethernet, const std::string& ppp = "") {
  const auto e = parse_settings(ethernet, "ethernet/settings");
  const auto p = parse_settings(ppp, "ppp/settings");
  EXPECT_TRUE(e && p);
  return detect_primary(*e, *p);
}

std::string refusal(const std::string& ethernet, const std::string& ppp = "") {
  const auto primary = detect(ethernet, ppp);
  EXPECT_FALSE(primary);
  return primary ? "" : primary.error().text();
}

const std::string fixed =
    "RED_DEV=red0\nRED_TYPE=STATIC\nRED_ADDRESS=203.0.113.2\nRED_NETMASK=255.255.255.252\n"
    "DEFAULT_GATEWAY=203.0.113.1\n";

TEST(Primary, Static) {
  const auto primary = detect(fixed);
  ASSERT_TRUE(primary) << primary.error().text();
  EXPECT_EQ(primary->type, PrimaryType::Static);
  EXPECT_EQ(primary->device, "red0");
  EXPECT_EQ(primary->address->text(), "203.0.113.2/30");
  EXPECT_EQ(primary->gateway->text(), "203.0.113.1");
  EXPECT_EQ(connection_type(*primary), "STATIC");
}

TEST(Primary, Dhcp) {
  const auto primary =
      detect("RED_DEV=red0\nRED_TYPE=DHCP\nRED_ADDRESS=0.0.0.0\nRED_DHCP_HOSTNAME=fire\n");
  ASSERT_TRUE(primary) << primary.error().text();
  EXPECT_EQ(primary->type, PrimaryType::Dhcp);
  EXPECT_EQ(primary->hostname, "fire");
  EXPECT_EQ(connection_type(*primary), "DHCP");
}

TEST(Primary, TheKindsOfPppoe) {
  const auto of_type = [](const std::string& type) {
    return detect("RED_DEV=red0\nRED_TYPE=PPPOE\n",
                  "TYPE=" + type + "\nUSERNAME=me@isp\nPASSWORD=secret\nMTU=1500\nAPN=internet\n");
  };
  const auto pppoe = of_type("pppoe");
  ASSERT_TRUE(pppoe) << pppoe.error().text();
  EXPECT_EQ(pppoe->type, PrimaryType::Pppoe);
  EXPECT_EQ(pppoe->username, "me@isp");
  EXPECT_EQ(pppoe->password.reveal(), "secret");
  EXPECT_EQ(pppoe->mtu, 1492U);
  EXPECT_TRUE(pppoe->by_pppd());
  EXPECT_EQ(connection_type(*pppoe), "PPPOE");
  const auto qmi = of_type("qmi");
  ASSERT_TRUE(qmi);
  EXPECT_EQ(qmi->type, PrimaryType::Qmi);
  EXPECT_EQ(qmi->apn, "internet");
  EXPECT_FALSE(qmi->by_pppd());
  EXPECT_EQ(connection_type(*qmi), "QMI");
  for (const char* type : {"pptp", "vdsl", "modem", "serial", "pppoeatm", "pptpatm"}) {
    const auto other = of_type(type);
    ASSERT_TRUE(other) << type;
    EXPECT_EQ(other->type, PrimaryType::OtherPppd);
    EXPECT_TRUE(other->by_pppd());
    EXPECT_FALSE(other->testable());
  }
}

TEST(Primary, AModemsControlPortIsInTheAddressOfItsCard) {
  const auto with = [](const std::string& address) {
    const auto primary = detect("RED_DEV=red0\nRED_TYPE=PPPOE\nRED_MACADDR=" + address + "\n",
                                "TYPE=qmi\nAPN=internet\n");
    EXPECT_TRUE(primary) << primary.error().text();
    return primary ? primary->control : "";
  };
  EXPECT_EQ(with("02:ff:ff:ff:ff:00"), "/dev/cdc-wdm0");
  EXPECT_EQ(with("02:FF:FF:FF:FF:03"), "/dev/cdc-wdm3");
  EXPECT_EQ(with("02:ff:ff:ff:ff:"), "");
  EXPECT_EQ(with("02:ff:ff:ff:ff:zz"), "");
  EXPECT_EQ(with("52:54:00:12:34:56"), "");
  EXPECT_EQ(with(""), "");
  EXPECT_EQ(detect("RED_DEV=red0\nRED_TYPE=DHCP\nRED_MACADDR=02:ff:ff:ff:ff:00\n")->control, "");
}

TEST(Primary, WhatIsMissingOrWrongIsNamed) {
  EXPECT_THAT(refusal("RED_DEV=red0\n"), HasSubstr("RED_TYPE: is not set"));
  EXPECT_THAT(refusal("RED_DEV=red0\nRED_TYPE=QMI\n"), HasSubstr("RED_TYPE: \"QMI\" is none"));
  EXPECT_THAT(refusal("RED_TYPE=DHCP\n"), HasSubstr("RED_DEV: is not set"));
  EXPECT_THAT(refusal("RED_DEV=../../x\nRED_TYPE=DHCP\n"), HasSubstr("RED_DEV: is no name"));
  EXPECT_THAT(refusal(fixed + "RED_ADDRESS=0.0.0.0\n"), HasSubstr("RED_ADDRESS"));
  EXPECT_THAT(refusal(fixed + "RED_NETMASK=255.0.255.0\n"), HasSubstr("RED_NETMASK"));
  EXPECT_THAT(refusal(fixed + "DEFAULT_GATEWAY=\n"), HasSubstr("DEFAULT_GATEWAY"));
  const auto pppoe = refusal("RED_DEV=red0\nRED_TYPE=PPPOE\n", "TYPE=isdn\nPASSWORD=secret\n");
  EXPECT_THAT(pppoe, HasSubstr("TYPE: \"isdn\""));
  EXPECT_THAT(pppoe, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace mwan::failover::ipfire
