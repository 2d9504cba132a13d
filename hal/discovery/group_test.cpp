// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/discovery/group.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan {
namespace {

using testing::ElementsAre;
using testing::Field;

const std::string kUsb = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2";

Port usb_port(const std::string& subsystem, const std::string& sysname, const std::string& driver,
              const std::string& interface, const std::string& device = kUsb) {
  const std::string function =
      device + "/" + device.substr(device.rfind('/') + 1) + ":" + interface;
  return {.syspath = function + "/" + subsystem + "/" + sysname,
          .subsystem = subsystem,
          .sysname = sysname,
          .devnode = subsystem == "net" ? "" : "/dev/" + sysname,
          .devtype = "",
          .driver = driver,
          .usb_interface = function,
          .usb_device = device,
          .id_path = "pci-0000:00:14.0-usb-0:2:" + interface,
          .vendor_id = "1199",
          .product_id = "9071",
          .serial = "LQ650551070110"};
}
Port control(const std::string& name, const std::string& driver, const std::string& interface) {
  return usb_port("usbmisc", name, driver, interface);
}
Port net(const std::string& name, const std::string& driver, const std::string& interface) {
  return usb_port("net", name, driver, interface);
}
Port tty(const std::string& name, const std::string& interface) {
  return usb_port("tty", name, "option1", interface);
}
Port card(const std::string& name, const std::string& driver) {
  return {.syspath = driver.empty() ? "/sys/devices/virtual/net/" + name
                                    : "/sys/devices/pci0000:00/0000:00:19.0/net/" + name,
          .subsystem = "net",
          .sysname = name,
          .devnode = "",
          .devtype = "",
          .driver = driver,
          .usb_interface = "",
          .usb_device = "",
          .id_path = "",
          .vendor_id = "",
          .product_id = "",
          .serial = ""};
}

HardwareDevice only(const std::vector<Port>& ports) {
  const auto devices = group_ports(ports);
  EXPECT_EQ(devices.size(), 1U);
  return devices.empty() ? HardwareDevice{} : devices.front();
}
std::string name(const std::optional<Port>& port) { return port ? port->sysname : "none"; }

TEST(GroupPorts, AQmiModemIsItsControlAndNetOfOneFunction) {
  const auto device =
      only({tty("ttyUSB0", "1.0"), tty("ttyUSB1", "1.2"), net("wwan0", "qmi_wwan", "1.8"),
            control("cdc-wdm0", "qmi_wwan", "1.8")});
  EXPECT_EQ(device.kind, DeviceKind::QmiModem);
  EXPECT_EQ(device.id, kUsb);
  EXPECT_EQ(name(device.control), "cdc-wdm0");
  EXPECT_EQ(name(device.net), "wwan0");
  EXPECT_EQ(device.others.size(), 2U);
  EXPECT_EQ(device.vendor_id, "1199");
  EXPECT_EQ(device.serial, "LQ650551070110");
  EXPECT_TRUE(device.complete());
}

TEST(GroupPorts, TheOrderOfAppearanceDoesNotMatter) {
  std::vector<Port> ports = {control("cdc-wdm1", "qmi_wwan", "1.10"),
                             net("wwan1", "qmi_wwan", "1.10"), net("wwan0", "qmi_wwan", "1.8"),
                             control("cdc-wdm0", "qmi_wwan", "1.8"), tty("ttyUSB0", "1.2")};
  const auto by_name = [](const Port& a, const Port& b) { return a.syspath < b.syspath; };
  std::ranges::sort(ports, by_name);
  const auto first = group_ports(ports);
  do {
    EXPECT_EQ(group_ports(ports), first);
  } while (std::ranges::next_permutation(ports, by_name).found);
  // Function 8 comes before function 10, although its text does not.
  EXPECT_EQ(name(first[0].control), "cdc-wdm0");
  EXPECT_EQ(name(first[0].net), "wwan0");
}

TEST(GroupPorts, AControlWithANetOfItsFunctionIsPreferred) {
  const auto device =
      only({control("cdc-wdm0", "qmi_wwan", "1.4"), control("cdc-wdm1", "qmi_wwan", "1.8"),
            net("wwan0", "qmi_wwan", "1.8")});
  EXPECT_EQ(name(device.control), "cdc-wdm1");
  EXPECT_EQ(name(device.net), "wwan0");
}

TEST(GroupPorts, ANetOfAnotherFunctionOfTheSameDriverIsTaken) {
  const auto device =
      only({control("cdc-wdm0", "qmi_wwan", "1.4"), net("wwan0", "qmi_wwan", "1.5")});
  EXPECT_EQ(name(device.net), "wwan0");
  EXPECT_TRUE(device.complete());
}

TEST(GroupPorts, MbimAndHuaweiAreKnownByTheirDrivers) {
  EXPECT_EQ(only({control("cdc-wdm0", "cdc_mbim", "1.0"), net("wwan0", "cdc_mbim", "1.0")}).kind,
            DeviceKind::MbimModem);
  EXPECT_EQ(
      only({control("cdc-wdm0", "huawei_cdc_ncm", "1.2"), net("wwan0", "huawei_cdc_ncm", "1.2")})
          .kind,
      DeviceKind::NcmModem);
}

TEST(GroupPorts, HalfAModemIsNotCompleteYet) {
  const auto no_net = only({control("cdc-wdm0", "qmi_wwan", "1.8")});
  EXPECT_EQ(no_net.kind, DeviceKind::QmiModem);
  EXPECT_FALSE(no_net.complete());
  const auto no_control = only({net("wwan0", "qmi_wwan", "1.8"), tty("ttyUSB0", "1.0")});
  EXPECT_EQ(no_control.kind, DeviceKind::QmiModem);
  EXPECT_FALSE(no_control.complete());
  const auto serial_only = only({tty("ttyUSB0", "1.0")});
  EXPECT_EQ(serial_only.kind, DeviceKind::Other);
  EXPECT_FALSE(serial_only.complete());
}

TEST(GroupPorts, PhonesAndUsbCardsNeedNoControl) {
  for (const char* driver : {"rndis_host", "cdc_ether", "cdc_ncm", "r8152"}) {
    const auto device = only({net("usb0", driver, "1.0")});
    EXPECT_EQ(device.kind, DeviceKind::UsbNet) << driver;
    EXPECT_TRUE(device.complete());
  }
  EXPECT_EQ(only({net("eth1", "ipheth", "4.2")}).kind, DeviceKind::Iphone);
}

TEST(GroupPorts, AControlOfAnUnknownDriverMakesNoModem) {
  const auto device = only({control("cdc-wdm0", "cdc_wdm", "1.3"), net("usb0", "cdc_ncm", "1.0")});
  EXPECT_EQ(device.kind, DeviceKind::UsbNet);
  EXPECT_EQ(name(device.control), "none");
  EXPECT_EQ(device.others.size(), 1U);
}

TEST(GroupPorts, CardsStandAlone) {
  const std::vector<Port> ports = {card("eth0", "e1000e"), card("br0", ""), card("veth1", "")};
  const auto devices = group_ports(ports);
  ASSERT_EQ(devices.size(), 3U);
  EXPECT_THAT(devices, ElementsAre(Field(&HardwareDevice::kind, DeviceKind::Ethernet),
                                   Field(&HardwareDevice::kind, DeviceKind::Virtual),
                                   Field(&HardwareDevice::kind, DeviceKind::Virtual)));
}

TEST(GroupPorts, TwoDevicesOfOneMakeAreTwo) {
  const std::string other = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-3";
  std::vector<Port> ports = {control("cdc-wdm0", "qmi_wwan", "1.8"),
                             net("wwan0", "qmi_wwan", "1.8"),
                             usb_port("usbmisc", "cdc-wdm1", "qmi_wwan", "1.8", other),
                             usb_port("net", "wwan1", "qmi_wwan", "1.8", other)};
  const auto devices = group_ports(ports);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(name(devices[0].net), "wwan0");
  EXPECT_EQ(name(devices[1].net), "wwan1");
}

TEST(GroupPorts, NothingMakesNothing) { EXPECT_TRUE(group_ports({}).empty()); }

}  // namespace
}  // namespace mwan
