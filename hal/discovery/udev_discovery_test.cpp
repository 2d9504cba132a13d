// SPDX-License-Identifier: LGPL-2.1-or-later
// The real libudev on hardware that umockdev pretends is there. Runs with libumockdev-preload.
#include "hal/discovery/udev_discovery.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <umockdev.h>
#include <unistd.h>

#include "hal/discovery/group.hpp"

namespace mwan {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const std::string kUsb = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2";
const std::string kFunction = kUsb + "/1-2:1.8";

class UdevDiscoveryTest : public testing::Test {
 protected:
  void SetUp() override {
    testbed_.reset(umockdev_testbed_new());
    if (umockdev_in_mock_environment() == FALSE) {
      GTEST_SKIP() << "needs libumockdev-preload.so.0 in LD_PRELOAD (umockdev-wrapper does it)";
    }
  }
  void add(const std::string& description) {
    GError* error = nullptr;
    const bool added =
        umockdev_testbed_add_from_string(testbed_.get(), description.c_str(), &error) != FALSE;
    EXPECT_TRUE(added) << (error != nullptr ? error->message : "");
    g_clear_error(&error);
  }
  // A driver is a link in sysfs, which the description cannot make.
  void bind(const std::string& syspath, const std::string& driver) {
    g_autofree gchar* root = umockdev_testbed_get_root_dir(testbed_.get());
    const std::string link = root + syspath + "/driver";
    EXPECT_EQ(::symlink(("/sys/bus/usb/drivers/" + driver).c_str(), link.c_str()), 0);
  }
  // A modem's USB device and its function, without ports.
  void plug_in() {
    add("P: /devices/pci0000:00/0000:00:14.0/usb1/1-2\n"
        "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
        "A: idVendor=1199\nA: idProduct=9071\nA: serial=LQ65055107\n\n"
        "P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.8\n"
        "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n");
    bind(kFunction, "qmi_wwan");
  }
  void add_control() {
    add("P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.8/usbmisc/cdc-wdm0\n"
        "N: cdc-wdm0\nE: SUBSYSTEM=usbmisc\nE: DEVNAME=/dev/cdc-wdm0\n"
        "E: ID_PATH=pci-0000:00:14.0-usb-0:2:1.8\n");
  }
  void add_net() {
    add("P: /devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.8/net/wwan0\n"
        "E: SUBSYSTEM=net\nE: DEVTYPE=wwan\nE: INTERFACE=wwan0\n"
        "E: ID_PATH=pci-0000:00:14.0-usb-0:2:1.8\n");
  }
  void uevent(const std::string& syspath, const char* action) {
    umockdev_testbed_uevent(testbed_.get(), syspath.c_str(), action);
  }
  void open() {
    auto opened = UdevDiscovery::open(loop_, UdevDiscovery::Source::Udev);
    ASSERT_TRUE(opened) << opened.error().text();
    discovery_ = std::move(*opened);
    watch_ = discovery_->watch_ports([this](const PortEvent& event) {
      const auto* what = event.what == PortEvent::What::Added     ? "+"
                         : event.what == PortEvent::What::Changed ? "~"
                                                                  : "-";
      said_.push_back(what + event.port.sysname);
      last_ = event.port;
      if (event.what == PortEvent::What::Removed) {
        std::erase(ports_, event.port);
      } else if (event.what == PortEvent::What::Added) {
        ports_.push_back(event.port);
      }
    });
  }
  void settle() {
    bool over = false;
    const auto timer = loop_.after(100ms, [&] { over = true; });
    while (!over) loop_.iterate(true);
  }

  struct Unref {
    void operator()(UMockdevTestbed* testbed) const { g_object_unref(testbed); }
  };
  std::unique_ptr<UMockdevTestbed, Unref> testbed_;
  Loop loop_;
  std::unique_ptr<UdevDiscovery> discovery_;
  Discovery::Watch watch_;
  std::vector<std::string> said_;
  std::vector<Port> ports_;
  Port last_;
};

TEST_F(UdevDiscoveryTest, WhatIsThereIsToldFirstFromTheLoop) {
  plug_in();
  add_control();
  add_net();
  open();
  EXPECT_TRUE(said_.empty());
  settle();
  EXPECT_THAT(said_, testing::UnorderedElementsAre("+cdc-wdm0", "+wwan0"));
  const auto devices = group_ports(ports_);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].kind, DeviceKind::QmiModem);
  EXPECT_TRUE(devices[0].complete());
  EXPECT_EQ(devices[0].id, kUsb);
  EXPECT_EQ(devices[0].vendor_id, "1199");
  EXPECT_EQ(devices[0].product_id, "9071");
  EXPECT_EQ(devices[0].serial, "LQ65055107");
  EXPECT_EQ(devices[0].id_path, "pci-0000:00:14.0-usb-0:2");
}

TEST_F(UdevDiscoveryTest, PortsAreToldAsTheyComeAndGo) {
  open();
  settle();
  plug_in();
  add_control();
  settle();
  EXPECT_THAT(said_, ElementsAre("+cdc-wdm0"));
  EXPECT_EQ(last_.devnode, "/dev/cdc-wdm0");
  EXPECT_EQ(last_.driver, "qmi_wwan");
  EXPECT_EQ(last_.usb_interface, kFunction);
  EXPECT_FALSE(group_ports(ports_)[0].complete());
  add_net();
  settle();
  EXPECT_THAT(said_, ElementsAre("+cdc-wdm0", "+wwan0"));
  EXPECT_TRUE(group_ports(ports_)[0].complete());
  said_.clear();
  uevent(kFunction + "/net/wwan0", "remove");
  uevent(kFunction + "/usbmisc/cdc-wdm0", "remove");
  settle();
  EXPECT_THAT(said_, ElementsAre("-wwan0", "-cdc-wdm0"));
  EXPECT_TRUE(ports_.empty());
}

TEST_F(UdevDiscoveryTest, RepetitionsAndStormsAreToldOnce) {
  plug_in();
  add_net();
  open();
  settle();
  said_.clear();
  for (int i = 0; i < 200; ++i) {
    uevent(kFunction + "/net/wwan0", i % 2 == 0 ? "add" : "change");
    while (loop_.iterate(false)) {
    }
  }
  settle();
  EXPECT_THAT(said_, ElementsAre());
  umockdev_testbed_set_property(testbed_.get(), (kFunction + "/net/wwan0").c_str(), "ID_PATH",
                                "other");
  uevent(kFunction + "/net/wwan0", "change");
  settle();
  EXPECT_THAT(said_, ElementsAre("~wwan0"));
}

TEST_F(UdevDiscoveryTest, WhatIsOfNoUseIsLeftOut) {
  add("P: /devices/virtual/net/lo\nE: SUBSYSTEM=net\nE: INTERFACE=lo\n\n"
      "P: /devices/virtual/tty/tty1\nN: tty1\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/tty1\n\n"
      "P: /devices/virtual/net/br0\nE: SUBSYSTEM=net\nE: DEVTYPE=bridge\nE: INTERFACE=br0\n");
  open();
  settle();
  EXPECT_THAT(said_, ElementsAre("+br0"));
  EXPECT_EQ(last_.devtype, "bridge");
  EXPECT_EQ(group_ports(ports_)[0].kind, DeviceKind::Virtual);
}

TEST_F(UdevDiscoveryTest, AWatchThatWasGivenUpIsNotCalled) {
  plug_in();
  add_control();
  add_net();
  open();
  watch_.reset();
  int calls = 0;
  watch_ = discovery_->watch_ports([&](const PortEvent&) {
    ++calls;
    watch_.reset();
  });
  settle();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(said_.empty());
}

}  // namespace
}  // namespace mwan
