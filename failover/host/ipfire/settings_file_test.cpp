// SPDX-License-Identifier: LGPL-2.1-or-later
// IPFire's settings files: what its own programs see in them, and bytes that are none of theirs.
#include "failover/host/ipfire/settings_file.hpp"

#include <filesystem>

#include <gmock/gmock.h>

#include "failover/host/ipfire/test_folder.hpp"

namespace mwan::failover::ipfire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

SettingsFile parsed(std::string_view text) {
  auto file = parse_settings(text, "settings");
  EXPECT_TRUE(file) << file.error().text();
  return file.value_or(SettingsFile());
}

std::string settings_refusal(std::string_view text) {
  const auto file = parse_settings(text, "/var/ipfire/ethernet/settings");
  EXPECT_FALSE(file);
  return file ? "" : file.error().text();
}

TEST(SettingsFile, WhatIpfireWroteComesOutAsItWas) {
  const std::string text =
      "CONFIG_TYPE=1\nRED_DEV=red0\nRED_TYPE=STATIC\nRED_DESCRIPTION='pci: Some Card'\n"
      "DEFAULT_GATEWAY=203.0.113.1\nRED_DHCP_HOSTNAME=\nUSERNAME=a@b=c/d,e.f:g%h_i#j+k-l\n";
  const auto file = parsed(text);
  EXPECT_EQ(file.text(), text);
  EXPECT_THAT(file.dropped(), ElementsAre());
  EXPECT_EQ(file.get("RED_DESCRIPTION"), "pci: Some Card");
  EXPECT_EQ(file.get("RED_DHCP_HOSTNAME"), "");
  EXPECT_EQ(file.get("NO_SUCH_KEY"), "");
}

TEST(SettingsFile, LinesThatIpfireDropsAreNotSeenEither) {
  const auto file = parsed(
      "A=1\n# B=2\nC=x;reboot\nD=$(id)\nE=\"x\"\nF='it's'\nG=two words\n H=1\nI=`id`\nJ\nA=3\n");
  EXPECT_EQ(file.get("A"), "3");
  for (const char* key : {"B", "C", "D", "E", "F", "G", "H", "I", "J"}) {
    EXPECT_EQ(file.get(key), "") << key;
  }
  EXPECT_THAT(file.dropped(), ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST(SettingsFile, ValuesAreSetInTheirPlaceAndQuotedForSpacesOnly) {
  auto file = parsed("A=1\nB=2\n");
  EXPECT_TRUE(file.set("A", "x y"));
  EXPECT_TRUE(file.set("C", "3"));
  EXPECT_EQ(file.text(), "A='x y'\nB=2\nC=3\n");
}

TEST(SettingsFile, NothingIsSetThatIpfireWouldDropOrAShellWouldTake) {
  auto file = parsed("");
  for (const char* value : {"a;b", "a\nB=1", "$x", "it's", "\"", "a\tb", "\xc3\xa4"}) {
    const auto set = file.set("A", value);
    ASSERT_FALSE(set);
    EXPECT_THAT(set.error().text(), Not(HasSubstr(value)));
  }
  EXPECT_FALSE(file.set("A B", "1"));
  EXPECT_FALSE(file.set("", "1"));
  EXPECT_EQ(file.text(), "");
}

TEST(SettingsFile, OtherBytesAreRefusedByLine) {
  EXPECT_THAT(settings_refusal(std::string("A=1\nB=x\0y\n", 10)),
              HasSubstr("settings:2: holds a NUL"));
  EXPECT_THAT(settings_refusal("\xef\xbb\xbf"
                               "A=1\n"),
              HasSubstr("settings:1: column 1 is not ASCII"));
  EXPECT_THAT(settings_refusal("A=1\nPASSWORD=geheim\xe4\n"), HasSubstr("settings:2: column 16"));
  EXPECT_THAT(settings_refusal("PASSWORD=geheim\xe4\n"), Not(HasSubstr("geheim")));
  EXPECT_THAT(settings_refusal("A=1\nB=" + std::string(5000, 'x') + "\n"),
              HasSubstr("settings:2: is long"));
  EXPECT_THAT(settings_refusal(std::string(std::size_t{10} << 20U, '\n')),
              HasSubstr("larger than 256 KiB"));
}

TEST(SettingsFile, OnlyPlainFilesAreRead) {
  const testing::TestFolder folder;
  folder.write("settings", "A=1\n");
  EXPECT_EQ(read_settings(folder / "settings")->get("A"), "1");
  std::filesystem::create_symlink(folder / "settings", folder / "link");
  EXPECT_THAT(read_settings(folder / "link").error().text(), HasSubstr("is a symbolic link"));
  EXPECT_EQ(read_settings(folder / "none").error().failure, FailureClass::Gone);
  EXPECT_THAT(read_settings(folder / "").error().text(), HasSubstr("not a regular file"));
  folder.write("large", std::string(std::size_t{10} << 20U, 'x'));
  EXPECT_THAT(read_settings(folder / "large").error().text(), HasSubstr("larger than 256 KiB"));
}

}  // namespace
}  // namespace mwan::failover::ipfire
