// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/usb.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace mwan::tool {
namespace {

namespace fs = std::filesystem;

class Usb : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder()); }
  void TearDown() override { fs::remove_all(root_); }

  void device(const std::string& place, const std::string& vendor, const std::string& product) {
    fs::create_directories(folder() / place);
    put(place + "/idVendor", vendor);
    put(place + "/idProduct", product);
  }
  void function(const std::string& place, const std::string& number, const std::string& cls,
                const std::string& subclass, const std::string& driver = {}) {
    const std::string name = place + ":1." + number;
    fs::create_directories(folder() / name);
    put(name + "/bInterfaceNumber", "0" + number);
    put(name + "/bInterfaceClass", cls);
    put(name + "/bInterfaceSubClass", subclass);
    put(name + "/bInterfaceProtocol", "00");
    if (!driver.empty()) {
      fs::create_symlink("../../../bus/usb/drivers/" + driver, folder() / name / "driver");
    }
  }
  void put(const std::string& file, const std::string& text) {
    std::ofstream(folder() / file) << text << '\n';
  }
  [[nodiscard]] UsbUnit only() const {
    const auto all = usb_devices(root_);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? UsbUnit{} : all.front();
  }
  [[nodiscard]] fs::path folder() const { return fs::path(root_) / "sys/bus/usb/devices"; }

  std::string root_ = testing::TempDir() + "mwan-modem-usb-" + std::to_string(::getpid());
};

TEST_F(Usb, ReadsDevicesAndFunctions) {
  device("usb1", "1d6b", "0002");
  device("1-2", "1199", "9071");
  put("1-2/manufacturer", "Sierra Wireless");
  put("1-2/product", "MC7455\x1b[2J");
  function("1-2", "8", "ff", "ff", "qmi_wwan");
  function("1-2", "2", "ff", "00", "option");
  const UsbUnit found = only();
  EXPECT_EQ(found.id(), "1199:9071");
  EXPECT_EQ(found.name, "Sierra Wireless MC7455 [2J");
  ASSERT_EQ(found.functions.size(), 2U);
  EXPECT_EQ(found.functions[1], (UsbFunction{8, 0xff, 0xff, 0, "qmi_wwan"}));
  EXPECT_TRUE(has_modem_driver(found));
  EXPECT_TRUE(looks_like_modem(found));
}

TEST_F(Usb, WithoutDriverTheModuleIsNamed) {
  device("1-2", "2c7c", "0125");
  function("1-2", "4", "ff", "ff");
  EXPECT_FALSE(has_modem_driver(only()));
  EXPECT_TRUE(looks_like_modem(only()));
  EXPECT_EQ(wanted_module(only()), "qmi_wwan");
}

TEST_F(Usb, MbimIsKnownByItsFunctionWhoeverMadeIt) {
  device("1-2", "413c", "81d7");
  function("1-2", "0", "02", "0e");
  EXPECT_TRUE(looks_like_modem(only()));
  EXPECT_EQ(wanted_module(only()), "cdc_mbim");
}

TEST_F(Usb, ADriverDiskOfAModemMaker) {
  device("1-2", "12d1", "1f01");
  function("1-2", "0", "08", "06", "usb-storage");
  EXPECT_TRUE(in_storage_mode(only()));
  EXPECT_FALSE(has_modem_driver(only()));
}

TEST_F(Usb, AUsbStickIsNoModem) {
  device("1-2", "0781", "5567");
  function("1-2", "0", "08", "06", "usb-storage");
  EXPECT_FALSE(in_storage_mode(only()));
  EXPECT_FALSE(looks_like_modem(only()));
}

TEST_F(Usb, EmergencyDownload) {
  device("1-2", "05c6", "9008");
  EXPECT_TRUE(in_emergency_download(only()));
}

TEST_F(Usb, NothingThere) { EXPECT_TRUE(usb_devices(root_ + "/none").empty()); }

}  // namespace
}  // namespace mwan::tool
