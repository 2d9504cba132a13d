// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/control_port.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

namespace mwan {
namespace {

using testing::HasSubstr;

class Sysfs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "mwan-sysfs-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    interface_ = root_ + "/sys/class/usbmisc/cdc-wdm0/device";
    std::filesystem::create_directories(interface_ + "/net/wwan3");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void number(const std::string& text) const {
    std::ofstream(interface_ + "/bInterfaceNumber") << text;
  }
  std::string root_;
  std::string interface_;
};

TEST_F(Sysfs, FindsTheNetworkDevice) {
  EXPECT_EQ(find_netdev("/dev/cdc-wdm0", root_), "wwan3");
  EXPECT_FALSE(find_netdev("/dev/cdc-wdm1", root_));
  EXPECT_FALSE(find_netdev("", root_));
}

TEST_F(Sysfs, FindsTheUsbIdOfTheDeviceAroundTheInterface) {
  namespace fs = std::filesystem;
  const std::string usb = root_ + "/sys/devices/usb1/1-1";
  fs::create_directories(usb + "/1-1:1.8");
  fs::create_directories(root_ + "/sys/class/usbmisc/cdc-wdm5");
  fs::create_directory_symlink(usb + "/1-1:1.8", root_ + "/sys/class/usbmisc/cdc-wdm5/device");
  EXPECT_FALSE(usb_id("/dev/cdc-wdm5", root_));
  std::ofstream(usb + "/idVendor") << "1199\n";
  std::ofstream(usb + "/idProduct") << "9079\n";
  EXPECT_EQ(usb_id("/dev/cdc-wdm5", root_), (UsbId{0x1199, 0x9079}));
  EXPECT_FALSE(usb_id("/dev/cdc-wdm7", root_));
}

TEST_F(Sysfs, ReadsTheInterfaceNumberInHex) {
  EXPECT_FALSE(usb_interface_number("/dev/cdc-wdm0", root_));
  number("0c\n");
  EXPECT_EQ(usb_interface_number("/dev/cdc-wdm0", root_), 12U);
  number("zz\n");
  EXPECT_FALSE(usb_interface_number("/dev/cdc-wdm0", root_));
}

TEST_F(Sysfs, TheDriverTellsTheProtocol) {
  EXPECT_EQ(port_protocol("/dev/cdc-wdm1", root_).error().failure, FailureClass::Gone);
  const auto driver = [&](const std::string& name) {
    const std::filesystem::path link = interface_ + "/driver";
    std::filesystem::remove(link);
    std::filesystem::create_directories(root_ + "/sys/bus/usb/drivers/" + name);
    std::filesystem::create_directory_symlink(root_ + "/sys/bus/usb/drivers/" + name, link);
  };
  driver("qmi_wwan");
  EXPECT_EQ(port_protocol("/dev/cdc-wdm0", root_), ModemProtocol::Qmi);
  driver("cdc_mbim");
  EXPECT_EQ(port_protocol("/dev/cdc-wdm0", root_), ModemProtocol::Mbim);
  driver("cdc_wdm");
  const auto other = port_protocol("/dev/cdc-wdm0", root_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().failure, FailureClass::Permanent);
  EXPECT_THAT(other.error().text(), HasSubstr("/dev/cdc-wdm0: its driver cdc_wdm speaks neither"));
}

TEST_F(Sysfs, AWwanPortSaysItItself) {
  const std::string port = root_ + "/sys/class/wwan/wwan0mbim0";
  std::filesystem::create_directories(port);
  std::ofstream(port + "/type") << "MBIM\n";
  EXPECT_EQ(port_protocol("/dev/wwan0mbim0", root_), ModemProtocol::Mbim);
}

TEST_F(Sysfs, ALinkThatIsNotThereIsNamed) {
  const Status down = set_link_down("mwan-none0");
  ASSERT_FALSE(down);
  EXPECT_THAT(down.error().text(), HasSubstr("netdev mwan-none0: cannot be taken down"));
  EXPECT_FALSE(set_link_down(std::string(100, 'x')));
}

}  // namespace
}  // namespace mwan
