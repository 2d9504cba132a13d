// SPDX-License-Identifier: LGPL-2.1-or-later
// The primary's backup: complete, private, and what comes back from it.
#include "failover/host/ipfire/primary_backup.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "failover/host/ipfire/red_state.hpp"
#include "failover/host/ipfire/test_folder.hpp"

namespace mwan::failover::ipfire {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string settings =
    "RED_DEV=red0\nRED_TYPE=STATIC\nRED_ADDRESS=203.0.113.2\nRED_NETMASK=255.255.255.252\n"
    "DEFAULT_GATEWAY=203.0.113.1\n";
const RedState lte{.iface = "wwan0",
                   .local = *IpAddress::parse("10.64.0.2"),
                   .remote = *IpAddress::parse("10.64.0.1"),
                   .dns = {}};

struct stat stat_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info;
}

class Backup : public ::testing::Test {
 protected:
  Backup() {
    folder.write("var/ipfire/ethernet/settings", settings);
    folder.write("var/ipfire/ppp/settings", "PASSWORD=secret\n");
    folder.write("var/ipfire/red/active", "");
    folder.write("var/ipfire/red/iface", "red0");
    folder.write("var/ipfire/red/local-ipaddress", "203.0.113.2");
    folder.write("var/ipfire/red/remote-ipaddress", "203.0.113.1");
    folder.write("var/run/dns1", "192.0.2.53\n");
    folder.write("state/x", "");
  }
  void make() const {
    const auto made = backup.make("STATIC");
    ASSERT_TRUE(made) << made.error().text();
  }
  testing::TestFolder folder;
  Paths paths{folder.path()};
  PrimaryBackup backup{paths, folder / "state"};
};

TEST_F(Backup, TakesOverWhatOthersHaveSet) {
  make();
  EXPECT_TRUE(backup.has_red_state());
  EXPECT_FALSE(*backup.adopt(""));
  const std::string changed =
      "RED_DEV=red1\nRED_TYPE=DHCP\nRED_ADDRESS=0.0.0.0\nRED_NETMASK=0.0.0.0\n"
      "DEFAULT_GATEWAY=0.0.0.0\n";
  folder.write("var/ipfire/ethernet/settings", changed);
  EXPECT_TRUE(*backup.adopt(""));
  EXPECT_EQ(folder.read("state/primary-backup/ethernet-settings"), changed);
  EXPECT_EQ(folder.read("state/primary-backup/connection-type"), "DHCP\n");
  EXPECT_EQ(backup.primary()->device, "red1");
  EXPECT_FALSE(backup.has_red_state());
  EXPECT_FALSE(*backup.adopt(""));
}

TEST_F(Backup, WhatIsNoRedIsNotTakenOver) {
  make();
  folder.write("var/ipfire/ethernet/settings", "RED_DEV=red0\nRED_TYPE=$(reboot)\n");
  const auto adopted = backup.adopt("");
  ASSERT_FALSE(adopted);
  EXPECT_THAT(adopted.error().text(), HasSubstr("ethernet/settings"));
  EXPECT_EQ(folder.read("state/primary-backup/ethernet-settings"), settings);
  EXPECT_TRUE(backup.has_red_state());
  EXPECT_TRUE(backup.forget_red_state());
  EXPECT_FALSE(backup.has_red_state());
}

TEST_F(Backup, HoldsWhatTheSeedNames) {
  make();
  EXPECT_EQ(folder.read("state/primary-backup/connection-type"), "STATIC\n");
  EXPECT_EQ(folder.read("state/primary-backup/ethernet-settings"), settings);
  EXPECT_EQ(folder.read("state/primary-backup/ppp-settings"), "PASSWORD=secret\n");
  EXPECT_EQ(folder.read("state/primary-backup/red-state/iface"), "red0");
  EXPECT_EQ(folder.read("state/primary-backup/red-state/run-dns1"), "192.0.2.53\n");
  EXPECT_FALSE(folder.has("state/primary-backup/red-state/keepconnected"));
  EXPECT_FALSE(folder.has("state/primary-backup.new"));
  EXPECT_EQ(backup.primary()->device, "red0");
}

TEST_F(Backup, IsPrivate) {
  ::chmod((folder / "var/ipfire/ethernet/settings").c_str(), 0640);
  make();
  EXPECT_EQ(stat_of(folder / "state/primary-backup").st_mode & 07777U, 0700U);
  EXPECT_EQ(stat_of(folder / "state/primary-backup/ppp-settings").st_mode & 07777U, 0600U);
  EXPECT_EQ(stat_of(folder / "state/primary-backup/ethernet-settings").st_mode & 07777U, 0640U);
}

TEST_F(Backup, GivesRedsStateBackWithItsTimes) {
  make();
  const auto before = stat_of(folder / "var/ipfire/red/active").st_mtim;
  ASSERT_TRUE(write_red_state(paths, lte));
  folder.write("var/ipfire/red/keepconnected", "0\n");
  fs::remove(folder / "var/ipfire/red/active");
  ASSERT_TRUE(backup.restore_red_state());
  EXPECT_EQ(folder.read("var/ipfire/red/iface"), "red0");
  EXPECT_EQ(folder.read("var/ipfire/red/remote-ipaddress"), "203.0.113.1");
  EXPECT_EQ(folder.read("var/run/dns1"), "192.0.2.53\n");
  EXPECT_FALSE(folder.has("var/run/dns2"));
  EXPECT_FALSE(folder.has("var/ipfire/red/keepconnected"));
  const auto after = stat_of(folder / "var/ipfire/red/active").st_mtim;
  EXPECT_EQ(after.tv_sec, before.tv_sec);
  EXPECT_EQ(after.tv_nsec, before.tv_nsec);
}

TEST_F(Backup, GivesTheSettingsBack) {
  make();
  folder.write("var/ipfire/ethernet/settings", "RED_DEV=wwan0\n");
  EXPECT_EQ(backup.primary()->device, "red0");
  ASSERT_TRUE(backup.restore_ethernet_settings());
  EXPECT_EQ(folder.read("var/ipfire/ethernet/settings"), settings);
}

TEST_F(Backup, IsMadeAnewForOtherSettings) {
  make();
  folder.write("var/ipfire/ethernet/settings", settings + "RED_MTU=1400\n");
  make();
  EXPECT_EQ(folder.read("state/primary-backup/ethernet-settings"), settings + "RED_MTU=1400\n");
}

TEST_F(Backup, KeepsTheLastStateOfRedWhileItIsDown) {
  make();
  fs::remove(folder / "var/ipfire/red/active");
  fs::remove(folder / "var/ipfire/red/local-ipaddress");
  make();
  EXPECT_EQ(folder.read("state/primary-backup/red-state/local-ipaddress"), "203.0.113.2");
}

TEST_F(Backup, ARunThatWasKilledInTheMiddleIsNoHindrance) {
  make();
  folder.write("state/primary-backup.new/red-state/iface", "half");
  folder.write("var/ipfire/red/iface", "red1");
  make();
  EXPECT_EQ(folder.read("state/primary-backup/red-state/iface"), "red1");
  EXPECT_FALSE(folder.has("state/primary-backup.new"));
}

TEST_F(Backup, LinksAreNotFollowed) {
  fs::remove(folder / "var/ipfire/red/iface");
  fs::create_symlink(folder / "state/x", folder / "var/ipfire/red/iface");
  const auto made = backup.make("STATIC");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().text(), HasSubstr("red/iface: is a symbolic link"));
  EXPECT_FALSE(folder.has("state/primary-backup"));
}

TEST_F(Backup, WithoutSettingsThereIsNone) {
  fs::remove(folder / "var/ipfire/ethernet/settings");
  EXPECT_THAT(backup.make("STATIC").error().text(), HasSubstr("ethernet/settings: is not there"));
}

TEST_F(Backup, WhatCannotBeUnderstoodIsNamedWithItsFile) {
  folder.write("var/ipfire/ethernet/settings", "RED_DEV=red0\nRED_TYPE=PPPOE\n");
  folder.write("var/ipfire/ppp/settings", "TYPE=isdn\n");
  EXPECT_THAT(primary_of(paths).error().text(), HasSubstr("ppp/settings: TYPE"));
}

}  // namespace
}  // namespace mwan::failover::ipfire
