// SPDX-License-Identifier: LGPL-2.1-or-later
// The simulated modem behind the kernel's real drivers, as the stock programs see it: from plug to
// data and back, unplugged when it suits nobody.
#include <filesystem>

#include <fmt/format.h>

#include "tests/vm/usb_modem/usb_bus.hpp"

namespace mwan::vm {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr const char* kSteady = "signal lte rsrp=-92 rsrq=-9 sinr=14\nregistration home\n";

std::string driver_of_port() {
  return std::filesystem::read_symlink("/sys/class/usbmisc/cdc-wdm0/device/driver")
      .filename()
      .string();
}

class UsbJudges : public UsbBus {
 protected:
  [[nodiscard]] std::string qmicli(std::vector<std::string> arguments, bool proxy = true) const {
    arguments.insert(arguments.begin(), {"qmicli", "-d", kPort});
    if (proxy) arguments.insert(arguments.begin() + 1, "-p");
    return output(arguments);
  }
  [[nodiscard]] std::string mbimcli(std::vector<std::string> arguments, bool proxy = true) const {
    arguments.insert(arguments.begin(), {"mbimcli", "-d", kPort});
    if (proxy) arguments.insert(arguments.begin() + 1, "-p");
    return output(arguments);
  }
  void print_times(const char* what, double usable, double connected) const {
    const double plugged = time_of("usb: plugged");
    fmt::print("[ measured ] {}: plugged -> answers {:.0f} ms -> connected {:.0f} ms\n", what,
               usable - plugged, connected - plugged);
  }
};

TEST_F(UsbJudges, QmicliTakesQmiWwanFromPlugToData) {
  ASSERT_NO_FATAL_FAILURE(plug("qmi", kSteady));
  EXPECT_EQ(driver_of_port(), "qmi_wwan");
  EXPECT_THAT(qmicli({"--dms-get-manufacturer"}, false), HasSubstr("Universal MWAN"));
  const double usable = now_ms();
  EXPECT_THAT(qmicli({"--nas-get-signal-info"}), HasSubstr("RSRP: '-92 dBm'"));
  EXPECT_TRUE(std::filesystem::exists("/dev/ttyUSB3"));

  ASSERT_EQ(output({"ip", "link", "set", "wwan0", "down"}), "");
  REQUIRE_OK(lab::write_file("/sys/class/net/wwan0/qmi/raw_ip", "Y"));
  EXPECT_THAT(qmicli({"--wda-set-data-format=raw-ip"}), HasSubstr("raw-ip"));
  const std::string started =
      qmicli({"--wds-start-network=apn=internet,ip-type=4", "--client-no-release-cid"});
  ASSERT_THAT(started, HasSubstr("Network started"));
  print_times("qmi_wwan", usable, now_ms());
  ASSERT_NO_FATAL_FAILURE(use_network());
  EXPECT_EQ(pings(5), 5);
  EXPECT_TRUE(eventually([this] {  // the books are a little behind
    return books()["packets"]["uplink"].value("delivered", 0) >= 5;
  })) << books().dump(2);
  unplug();
  EXPECT_FALSE(std::filesystem::exists("/sys/class/net/wwan0"));
}

// 802.3 is what the kernel's driver and the modem agree on when nobody asks for anything else.
TEST_F(UsbJudges, QmiWwanCarriesEthernetFramesToo) {
  ASSERT_NO_FATAL_FAILURE(plug("qmi", kSteady));
  ASSERT_THAT(qmicli({"--wds-start-network=apn=internet,ip-type=4", "--client-no-release-cid"}),
              HasSubstr("Network started"));
  ASSERT_NO_FATAL_FAILURE(use_network());
  EXPECT_EQ(pings(3), 3);
  EXPECT_THAT(output({"ip", "neigh"}), HasSubstr("02:50:f3:00:00:01"));
  unplug();
}

TEST_F(UsbJudges, MbimcliTakesCdcMbimFromPlugToData) {
  ASSERT_NO_FATAL_FAILURE(plug("mbim", kSteady));
  EXPECT_EQ(driver_of_port(), "cdc_mbim");
  EXPECT_THAT(mbimcli({"--query-device-caps"}, false), HasSubstr("MWANSIM 1.0.0"));
  const double usable = now_ms();
  EXPECT_THAT(mbimcli({"--query-registration-state"}), HasSubstr("'home'"));
  EXPECT_THAT(mbimcli({"--connect=access-string=internet,ip-type=ipv4"}),
              HasSubstr("Successfully connected"));
  print_times("cdc_mbim", usable, now_ms());
  ASSERT_NO_FATAL_FAILURE(use_network());
  EXPECT_EQ(pings(5), 5);
  EXPECT_THAT(mbimcli({"--disconnect=0"}), HasSubstr("Successfully disconnected"));
  EXPECT_EQ(pings(1, 5s), 0);
  unplug();
  EXPECT_FALSE(std::filesystem::exists("/sys/class/net/wwan0"));
}

TEST_F(UsbJudges, PulledOutInTheMiddleOfARequestItComesBackInItsPlace) {
  ASSERT_NO_FATAL_FAILURE(plug("qmi", std::string(kSteady) +
                                          "start=signal\nat 0s fault vanishes-mid-transaction "
                                          "on=dms.get-manufacturer time=1s\n"));
  trigger();
  ASSERT_TRUE(eventually([this] { return time_of("fault vanishes-mid-transaction") > 0; }));
  EXPECT_THAT(qmicli({"--dms-get-manufacturer"}), testing::StartsWith("error"));
  ASSERT_TRUE(eventually([this] { return time_of("modem is back") > 0 && port_there(); }));
  EXPECT_THAT(qmicli({"--dms-get-manufacturer"}), HasSubstr("Universal MWAN"));
  EXPECT_TRUE(eventually([this] { return books()["usb"].value("plugged_times", 0) == 2; }))
      << books().dump(2);
  EXPECT_EQ(books()["usb"].value("port", -1), 0);
  unplug();
}

// Field fault 10 as the kernel sees it: its transmit queue stops, the control channel goes on.
TEST_F(UsbJudges, StuckTransmissionFillsTheKernelsQueue) {
  ASSERT_NO_FATAL_FAILURE(plug("mbim", std::string(kSteady) +
                                           "start=signal\nat 0s fault transmit-stuck\n"
                                           "trigger\nat 0s end-fault transmit-stuck\n"));
  ASSERT_THAT(mbimcli({"--connect=access-string=internet,ip-type=ipv4"}),
              HasSubstr("Successfully connected"));
  ASSERT_NO_FATAL_FAILURE(use_network());
  EXPECT_EQ(pings(2), 2);
  trigger();
  ASSERT_TRUE(eventually([this] { return time_of("fault transmit-stuck") > 0; }));
  EXPECT_EQ(pings(2, 5s), 0);
  EXPECT_THAT(mbimcli({"--query-signal-state"}), HasSubstr("RSSI"));
  trigger();
  ASSERT_TRUE(eventually([this] { return time_of("fault ends: transmit-stuck") > 0; }));
  EXPECT_GT(pings(3), 0);
  unplug();
}

TEST_F(UsbJudges, TwoModemsAtOnceAreTwoDevices) {
  REQUIRE_OK(lab::write_file(file("one.scn"), kSteady));
  auto both =
      lab::Process::start({{MWAN_SIMULATOR, "--modem", "one=" + file("one.scn") + ",usb=qmi",
                            "--modem", "two=" + file("one.scn") + ",usb=mbim"},
                           nullptr,
                           file("timeline.jsonl"),
                           file("simulator.log")});
  REQUIRE_OK(both);
  ASSERT_TRUE(eventually([] { return port_there() && std::filesystem::exists("/dev/cdc-wdm1"); }))
      << lab::read_file(file("simulator.log"));
  std::set<std::string> drivers;
  for (const char* port : {"cdc-wdm0", "cdc-wdm1"}) {
    drivers.insert(
        std::filesystem::read_symlink(fmt::format("/sys/class/usbmisc/{}/device/driver", port))
            .filename());
  }
  EXPECT_THAT(drivers, testing::ElementsAre("cdc_mbim", "qmi_wwan"));
  both->stop(10s);
  EXPECT_TRUE(eventually([] { return !port_there(); }));
}

}  // namespace
}  // namespace mwan::vm
