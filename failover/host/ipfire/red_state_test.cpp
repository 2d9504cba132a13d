// SPDX-License-Identifier: LGPL-2.1-or-later
// RED's state files, byte for byte.
#include "failover/host/ipfire/red_state.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "failover/host/ipfire/test_folder.hpp"

namespace mwan::failover::ipfire {
namespace {

const RedState lte_red{.iface = "wwan0",
                       .local = *IpAddress::parse("10.64.0.2"),
                       .remote = *IpAddress::parse("10.64.0.1"),
                       .dns = {*IpAddress::parse("198.51.100.53")}};

class RedStateFiles : public ::testing::Test {
 protected:
  RedStateFiles() {
    folder.write("var/ipfire/red/keepconnected", "0\n");
    folder.write("var/run/dns2", "192.0.2.53\n");
  }
  testing::TestFolder folder;
  Paths paths{folder.path()};
};

TEST_F(RedStateFiles, NameServersAreWrittenAlone) {
  ASSERT_TRUE(write_name_servers(paths, lte_red));
  EXPECT_EQ(folder.read("var/run/dns1"), "198.51.100.53\n");
  EXPECT_EQ(folder.read("var/run/dns2"), "\n");
  EXPECT_FALSE(folder.has("var/ipfire/red/iface"));
  EXPECT_TRUE(folder.has("var/ipfire/red/keepconnected"));
}

TEST_F(RedStateFiles, AreWrittenAsIpfireWritesThem) {
  ASSERT_FALSE(red_state_is(paths, lte_red));
  ASSERT_TRUE(write_red_state(paths, lte_red));
  EXPECT_EQ(folder.read("var/ipfire/red/iface"), "wwan0");
  EXPECT_EQ(folder.read("var/ipfire/red/local-ipaddress"), "10.64.0.2");
  EXPECT_EQ(folder.read("var/ipfire/red/remote-ipaddress"), "10.64.0.1");
  EXPECT_TRUE(folder.has("var/ipfire/red/active"));
  EXPECT_EQ(folder.read("var/ipfire/red/active"), "");
  EXPECT_EQ(folder.read("var/run/dns1"), "198.51.100.53\n");
  EXPECT_EQ(folder.read("var/run/dns2"), "\n");
  EXPECT_FALSE(folder.has("var/ipfire/red/keepconnected"));
  EXPECT_TRUE(red_state_is(paths, lte_red));
  // Nothing else, and nothing half.
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(paths.red())) {
    static_cast<void>(entry);
    ++files;
  }
  EXPECT_EQ(files, 4);
}

TEST_F(RedStateFiles, AreReadBack) {
  EXPECT_FALSE(read_red_state(paths));
  ASSERT_TRUE(write_red_state(paths, lte_red));
  EXPECT_EQ(read_red_state(paths), lte_red);
  std::filesystem::remove(paths.red() + "/active");
  EXPECT_FALSE(read_red_state(paths));
}

TEST_F(RedStateFiles, KeepTheirModeAndAreNotWrittenThroughLinks) {
  folder.write("var/ipfire/red/iface", "red0");
  ::chmod((paths.red() + "/iface").c_str(), 0600);
  folder.write("elsewhere", "precious");
  std::filesystem::create_symlink(folder / "elsewhere", paths.red() + "/local-ipaddress");
  ASSERT_TRUE(write_red_state(paths, lte_red));
  struct stat info {};
  ASSERT_EQ(::stat((paths.red() + "/iface").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  EXPECT_EQ(folder.read("elsewhere"), "precious");
  EXPECT_TRUE(red_state_is(paths, lte_red));
}

TEST_F(RedStateFiles, NonsenseIsNoState) {
  ASSERT_TRUE(write_red_state(paths, lte_red));
  folder.write("var/ipfire/red/iface", "wwan0; reboot");
  EXPECT_FALSE(read_red_state(paths));
  folder.write("var/ipfire/red/iface", "wwan0\n");
  EXPECT_TRUE(read_red_state(paths));
  EXPECT_FALSE(red_state_is(paths, lte_red));
  folder.write("var/ipfire/red/remote-ipaddress", "0.0.0.0");
  EXPECT_FALSE(read_red_state(paths));
}

}  // namespace
}  // namespace mwan::failover::ipfire
