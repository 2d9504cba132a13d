// SPDX-License-Identifier: LGPL-2.1-or-later
// Faults 27, 28 and 29 of the simulator's catalogue: ports that come late, a device that does not
// stay in one mode, a modem whose firmware is gone. Runs with libumockdev-preload.
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umockdev.h>
#include <unistd.h>

#include "hal/discovery/group.hpp"
#include "hal/discovery/udev_discovery.hpp"
#include "hal/discovery/usb_conditions.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kUsbDevice = "/devices/pci0000:00/0000:00:14.0/usb1/1-2";
const std::string kFunction = kUsbDevice + "/1-2:1.8";

class UsbFaults : public testing::Test {
 protected:
  void SetUp() override {
    testbed_.reset(umockdev_testbed_new());
    if (umockdev_in_mock_environment() == FALSE) {
      GTEST_SKIP() << "needs libumockdev-preload.so.0 in LD_PRELOAD (umockdev-wrapper does it)";
    }
    auto opened = UdevDiscovery::open(loop_, UdevDiscovery::Source::Udev);
    ASSERT_TRUE(opened) << opened.error().text();
    discovery_ = std::move(*opened);
    watch_ = discovery_->watch_ports([this](const PortEvent& event) { take(event); });
    settle();
  }
  void TearDown() override { watch_.reset(); }

  // The time between events is the test's: appearances count by it.
  void take(const PortEvent& event) {
    std::erase_if(ports_, [&](const Port& port) { return port.syspath == event.port.syspath; });
    if (event.what != PortEvent::What::Removed) ports_.push_back(event.port);
    if (auto said = conditions_.take(event, now_)) said_.push_back(std::move(*said));
  }
  void settle() {
    bool over = false;
    const auto timer = loop_.after(50ms, [&] { over = true; });
    while (!over) loop_.iterate(true);
  }
  void add(const std::string& description) {
    GError* error = nullptr;
    EXPECT_TRUE(umockdev_testbed_add_from_string(testbed_.get(), description.c_str(), &error))
        << (error != nullptr ? error->message : "");
    g_clear_error(&error);
  }
  void add_usb(const std::string& vendor, const std::string& product,
               const std::string& interfaces) {
    add("P: " + kUsbDevice + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: ID_PATH=usb-0:2\n" +
        "E: ID_USB_INTERFACES=" + interfaces + "\nA: idVendor=" + vendor +
        "\nA: idProduct=" + product + "\n");
    settle();
  }
  void add_function(const std::string& driver) {
    add("P: " + kFunction + "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
    // A driver is a link in sysfs, which the description cannot make.
    g_autofree gchar* root = umockdev_testbed_get_root_dir(testbed_.get());
    const std::string link = root + ("/sys" + kFunction) + "/driver";
    EXPECT_EQ(::symlink(("/sys/bus/usb/drivers/" + driver).c_str(), link.c_str()), 0);
  }
  void add_port(const std::string& subsystem, const std::string& name) {
    const bool net = subsystem == "net";
    add("P: " + kFunction + "/" + subsystem + "/" + name + "\n" +
        (net ? "" : "N: " + name + "\nE: DEVNAME=/dev/" + name + "\n") +
        "E: SUBSYSTEM=" + subsystem + "\n" + (net ? "E: INTERFACE=" + name + "\n" : ""));
    settle();
  }
  void remove(const std::string& path) {
    umockdev_testbed_uevent(testbed_.get(), ("/sys" + path).c_str(), "remove");
    settle();
    umockdev_testbed_remove_device(testbed_.get(), ("/sys" + path).c_str());
  }
  [[nodiscard]] std::vector<HardwareDevice> devices() const { return group_ports(ports_); }

  struct Unref {
    void operator()(UMockdevTestbed* testbed) const { g_object_unref(testbed); }
  };
  std::unique_ptr<UMockdevTestbed, Unref> testbed_;
  Loop loop_;
  std::unique_ptr<UdevDiscovery> discovery_;
  Discovery::Watch watch_;
  UsbConditions conditions_;
  Instant now_{};
  std::vector<Port> ports_;
  std::vector<UsbCondition> said_;
};

TEST_F(UsbFaults, LatePortsMakeTheDeviceCompleteWhenTheyCome) {
  add_usb("1199", "9071", ":020600:ff0000:");
  EXPECT_TRUE(devices().empty()) << "a USB device with functions of its own is none of ours yet";
  add_function("qmi_wwan");
  add_port("net", "wwan0");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_EQ(devices()[0].kind, DeviceKind::QmiModem) << "the driver says what is to come";
  EXPECT_FALSE(devices()[0].complete());
  now_ += 40s;
  add_port("usbmisc", "cdc-wdm0");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_TRUE(devices()[0].complete());
  EXPECT_EQ(devices()[0].control->sysname, "cdc-wdm0");
  EXPECT_EQ(devices()[0].net->sysname, "wwan0");
  EXPECT_TRUE(said_.empty()) << said_[0].text;
}

TEST_F(UsbFaults, AModeSwitchIsOneDeviceAfterTheOther) {
  add_usb("12d1", "1f01", ":080650:");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_EQ(devices()[0].kind, DeviceKind::Other);
  EXPECT_FALSE(devices()[0].complete());
  remove(kUsbDevice);
  EXPECT_TRUE(devices().empty());
  now_ += 3s;
  add_usb("12d1", "14db", ":020600:");
  add_function("cdc_ether");
  add_port("net", "usb0");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_EQ(devices()[0].kind, DeviceKind::UsbNet);
  EXPECT_EQ(devices()[0].product_id, "14db");
  EXPECT_TRUE(devices()[0].complete());
  EXPECT_TRUE(said_.empty());
}

TEST_F(UsbFaults, AModeSwitchLoopIsSaidOnceAndLeftAlone) {
  for (int round = 0; round < 6; ++round) {
    add_usb("12d1", "1f01", ":080650:");
    now_ += 4s;
    remove(kUsbDevice);
    add_usb("12d1", "14db", ":020600:");
    add_function("cdc_ether");
    add_port("net", "usb0");
    now_ += 4s;
    remove(kFunction + "/net/usb0");
    umockdev_testbed_remove_device(testbed_.get(), ("/sys" + kFunction).c_str());
    remove(kUsbDevice);
    EXPECT_TRUE(devices().empty()) << "what is gone is forgotten";
  }
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_EQ(said_[0].what, UsbCondition::What::ModeSwitchLoop);
  EXPECT_THAT(said_[0].text, HasSubstr("USB 1-2 appeared 6 times"));
  EXPECT_THAT(said_[0].text, HasSubstr("12d1:14db and 12d1:1f01"));
}

TEST_F(UsbFaults, EmergencyDownloadIsRecognisedWithoutADriver) {
  add_usb("05c6", "9008", ":ffffff:");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_EQ(devices()[0].kind, DeviceKind::EmergencyDownload);
  EXPECT_FALSE(devices()[0].complete());
  ASSERT_EQ(said_.size(), 1U);
  EXPECT_EQ(said_[0].what, UsbCondition::What::EmergencyDownload);
  EXPECT_THAT(said_[0].text, HasSubstr("firmware"));
}

TEST_F(UsbFaults, EmergencyDownloadIsRecognisedByItsSerialPortToo) {
  add_usb("05c6", "9008", ":ffffff:");
  add_function("qcserial");
  add_port("tty", "ttyUSB0");
  ASSERT_EQ(devices().size(), 1U);
  EXPECT_EQ(devices()[0].kind, DeviceKind::EmergencyDownload);
  EXPECT_EQ(said_.size(), 1U) << "once, however many ports it has";
}

}  // namespace
}  // namespace mwan
