// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/settings_of_others.hpp"

#include <gmock/gmock.h>

namespace mwan::failover::ipfire {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view primarys =
    "GREEN_DEV=green0\nRED_DEV=red0\nRED_TYPE=DHCP\nRED_ADDRESS=0.0.0.0\nRED_NETMASK=0.0.0.0\n"
    "RED_NETADDRESS=0.0.0.0\nDEFAULT_GATEWAY=0.0.0.0\n";
constexpr std::string_view ours =
    "GREEN_DEV=green0\nRED_DEV=eth1\nRED_TYPE=STATIC\nRED_ADDRESS=10.2.0.2\n"
    "RED_NETMASK=255.255.255.0\nRED_NETADDRESS=10.2.0.0\nDEFAULT_GATEWAY=10.2.0.1\n";

TEST(SettingsOfOthers, NobodyHasChangedThem) {
  EXPECT_EQ(*settings_of_others(primarys, "", primarys), std::nullopt);
  EXPECT_EQ(*settings_of_others(primarys, ours, ours), std::nullopt);
  EXPECT_EQ(*settings_of_others(primarys, ours, primarys), std::nullopt);  // killed before the swap
}

TEST(SettingsOfOthers, WithoutOursTheyAreTakenAsFound) {
  const std::string changed = std::string(primarys) + "RED_DHCP_HOSTNAME=box\n";
  EXPECT_EQ(*settings_of_others(primarys, "", changed), changed);
}

TEST(SettingsOfOthers, ThePrimaryComesBackUnderWhatElseWasChanged) {
  const std::string changed = std::string(ours) + "GREEN_ADDRESS=192.168.9.1\n";
  EXPECT_EQ(*settings_of_others(primarys, ours, changed),
            "GREEN_DEV=green0\nRED_DEV=red0\nRED_TYPE=DHCP\nRED_ADDRESS=0.0.0.0\n"
            "RED_NETMASK=0.0.0.0\nRED_NETADDRESS=0.0.0.0\nDEFAULT_GATEWAY=0.0.0.0\n"
            "GREEN_ADDRESS=192.168.9.1\n");
}

TEST(SettingsOfOthers, ARedThatWasSetUpAnewIsAllTheirs) {
  std::string changed(ours);
  changed.replace(changed.find("10.2.0.2"), 8, "10.2.0.9");
  EXPECT_EQ(*settings_of_others(primarys, ours, changed), changed);
}

TEST(SettingsOfOthers, WhatIsNoSettingsFileIsRefusedByLine) {
  const auto out = settings_of_others(primarys, ours, std::string_view("A=1\nB=\0\n", 8));
  ASSERT_FALSE(out);
  EXPECT_THAT(out.error().text(), HasSubstr("settings:2"));
}

}  // namespace
}  // namespace mwan::failover::ipfire
