// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/usb_owner.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

namespace fs = std::filesystem;

const std::string kDevice = "/sys/devices/pci0000:00/usb1/1-2";

// A /sys with one modem, as far as it is there yet.
class UsbOwner : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mwan-sys-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    fs::create_directories(root_ + kDevice + "/1-2:1.8");
    write("idVendor", "1199");
    write("idProduct", "9071");
    write("serial", "LQ65");
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(root_ + kDevice + "/" + file) << text << "\n";
  }
  void bind_driver() const {
    fs::create_symlink("../../../bus/usb/drivers/qmi_wwan", root_ + kDevice + "/1-2:1.8/driver");
    fs::create_directories(root_ + kDevice + "/1-2:1.8/usbmisc/cdc-wdm0");
  }
  std::string owner(const std::string& below = "") {
    const auto facts =
        read_usb_facts(kDevice + below, "pci-0000:00:14.0-usb-0:2" + id_path_end_, root_);
    return facts ? usb_owner(configuration_, *facts).value_or("nobody") : "not on USB";
  }
  Profile& profile(const std::string& name) {
    Profile& out = configuration_.profiles.emplace_back();
    out.name = name;
    out.kind = LinkKind::Modem;
    return out;
  }
  std::string root_;
  std::string id_path_end_;
  Configuration configuration_;
};

TEST_F(UsbOwner, NobodyAsksForIt) {
  EXPECT_EQ(owner(), "nobody");
  profile("other").match = "usb:12d1";
  bind_driver();
  EXPECT_EQ(owner(), "nobody");
}

TEST_F(UsbOwner, KnownByWhatItIsBeforeItsDriverIsBound) {
  profile("lte").match = "usb:1199:9071,serial:LQ65";
  EXPECT_EQ(owner(), "lte");
  EXPECT_EQ(owner("/1-2:1.8"), "lte") << "asked for one of its ports";
}

TEST_F(UsbOwner, KnownByItsPlaceWithAndWithoutTheFunction) {
  profile("lte").match = "path:pci-0000:00:14.0-usb-0:2";
  EXPECT_EQ(owner(), "lte");
  id_path_end_ = ":1.8";
  EXPECT_EQ(owner("/1-2:1.8"), "lte");
  id_path_end_ = ".1";
  EXPECT_EQ(owner(), "nobody") << "behind a hub in the same place";
}

TEST_F(UsbOwner, AnyModemIsOneWhenItsDriverIsBound) {
  profile("lte").match = "any";
  EXPECT_EQ(owner(), "nobody");
  bind_driver();
  EXPECT_EQ(owner(), "lte");
}

TEST_F(UsbOwner, NamedByItsControlChannel) {
  profile("lte").modem.device = "/dev/cdc-wdm0";
  EXPECT_EQ(owner(), "nobody");
  bind_driver();
  EXPECT_EQ(owner(), "lte");
  configuration_.profiles[0].modem.device = "/dev/cdc-wdm1";
  EXPECT_EQ(owner(), "nobody");
}

TEST_F(UsbOwner, AutomaticProfilesTakeEveryModemAndNothingElse) {
  configuration_.settings.auto_profiles = true;
  EXPECT_EQ(owner(), "nobody");
  bind_driver();
  EXPECT_EQ(owner(), "AUTO_PROFILES");
}

TEST_F(UsbOwner, WhatIsNotOnUsbOrIsGoneIsNobodys) {
  fs::create_directories(root_ + "/sys/devices/virtual/net/br0");
  EXPECT_FALSE(read_usb_facts("/sys/devices/virtual/net/br0", "", root_));
  EXPECT_FALSE(read_usb_facts("/sys/devices/gone/1-9", "", root_));
  EXPECT_FALSE(read_usb_facts("", "", root_));
}

}  // namespace
}  // namespace mwan::failover
