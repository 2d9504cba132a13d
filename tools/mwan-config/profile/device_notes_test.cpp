// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/device_notes.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(DeviceNotes, SayWhichCardItIs) {
  EXPECT_THAT(device_notes({.addresses = {{"eth0", {"192.0.2.2/24", "192.0.2.3/24"}},
                                          {"green0", {"192.168.1.1/24"}}},
                            .profiles = {{"eth0", "primary"}, {"eth1", "ethernet-backup"}},
                            .colours = {{"green0", "GREEN"}}}),
              ElementsAre(Pair("eth0", "192.0.2.2/24, 192.0.2.3/24, used by profile primary"),
                          Pair("eth1", "used by profile ethernet-backup"),
                          Pair("green0", "IPFire's GREEN, 192.168.1.1/24")));
  EXPECT_TRUE(device_notes({}).empty());
}

TEST(DeviceNotes, OfThisHost) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "mwan-device-notes";
  std::filesystem::create_directories(directory / "profiles");
  std::ofstream(directory / "profiles/wired") << "KIND=ethernet\nNETDEV=eth7\n";
  std::ofstream(directory / "profiles/lte") << "KIND=modem\nMATCH=any\n";
  const auto noted = look_at_devices(directory);
  std::filesystem::remove_all(directory);
  EXPECT_THAT(noted.profiles, ElementsAre(Pair("eth7", "wired")));
  EXPECT_THAT(noted.addresses, testing::Contains(Pair("lo", testing::Contains("127.0.0.1/8"))));
}

}  // namespace
}  // namespace mwan::config_tool
