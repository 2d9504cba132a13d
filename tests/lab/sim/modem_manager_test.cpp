// SPDX-License-Identifier: LGPL-2.1-or-later
// Debian's ModemManager takes the simulated modem for a real one: it finds it through a mocked udev
// (umockdev), opens it through the proxy, enables, registers and connects it, and reads its signal.
// Its bus is one of the test's own; ./check unpacks it to build/judges.
#include <filesystem>

#include "tests/lab/sim/sim_lab.hpp"

namespace mwan::lab {
namespace {

using nlohmann::json;
using std::chrono_literals::operator""s;

constexpr const char* kManagedScenario = R"(
imei=352099001761481
signal lte rsrp=-97 rsrq=-11 sinr=7.5
cells serving pci=311 arfcn=6300 tac=0x2345 ci=0x1B2C30A neighbour pci=12 rsrp=-104 rsrq=-15
registration home
)";

// A modem on the first port of a root hub, as the kernel shows one. DRIVER is the kernel driver.
constexpr const char* kDevice = R"(P: /devices/pci0000:00/0000:00:14.0/usb1/1-1
E: DEVNAME=bus/usb/001/002
E: DEVTYPE=usb_device
E: DRIVER=usb
E: BUSNUM=001
E: DEVNUM=002
E: ID_VENDOR_ID=1199
E: ID_MODEL_ID=9079
E: ID_MM_CANDIDATE=1
E: SUBSYSTEM=usb
A: idVendor=1199\n
A: idProduct=9079\n

P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.8
E: DEVTYPE=usb_interface
E: DRIVER=%DRIVER%
E: SUBSYSTEM=usb
A: bInterfaceNumber=08\n
L: driver=../../../../../../bus/usb/drivers/%DRIVER%

P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.8/usbmisc/cdc-wdm0
N: cdc-wdm0
E: DEVNAME=/dev/cdc-wdm0
E: MAJOR=180
E: MINOR=176
E: SUBSYSTEM=usbmisc
E: ID_MM_CANDIDATE=1
L: device=../../../1-1:1.8
A: dev=180:176\n

P: /devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.8/net/wwan0
E: INTERFACE=wwan0
E: IFINDEX=5
E: DEVTYPE=wwan
E: SUBSYSTEM=net
E: ID_MM_CANDIDATE=1
E: ID_NET_DRIVER=%DRIVER%
L: device=../../../1-1:1.8
A: type=65534\n
A: address=00:00:00:00:00:00\n
A: qmi/raw_ip=Y\n
)";

std::string device(const std::string& driver) {
  std::string out = kDevice;
  for (auto at = out.find("%DRIVER%"); at != std::string::npos; at = out.find("%DRIVER%")) {
    out.replace(at, 8, driver);
  }
  return out;
}

class ModemManager : public SimLab {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(program("usr/sbin/ModemManager"))) {
      GTEST_SKIP() << "ModemManager is not unpacked at " << MWAN_JUDGES << ": run ./check";
    }
    SimLab::SetUp();
  }
  static std::string program(const std::string& name) {
    return (std::filesystem::path(MWAN_JUDGES) / name).string();
  }
  // A program of the unpacked packages, with their libraries and the bus of the test.
  [[nodiscard]] std::vector<std::string> with_environment(std::vector<std::string> argv) const {
    const std::string bus = "unix:path=" + file("bus").string();
    argv.insert(argv.begin(),
                {"env", "DBUS_SESSION_BUS_ADDRESS=" + bus, "DBUS_SYSTEM_BUS_ADDRESS=" + bus,
                 "LD_LIBRARY_PATH=" + program("usr/lib/" MWAN_MULTIARCH)});
    return argv;
  }
  void start_judge(const std::string& driver) {
    REQUIRE_OK(write_file(file("modem.umockdev"), device(driver)));
    auto bus = Process::start({{"dbus-daemon", "--session", "--nofork", "--nosyslog",
                                "--address=unix:path=" + file("bus").string()},
                               &*router_,
                               file("bus.log"),
                               file("bus.log")});
    REQUIRE_OK(bus);
    bus_ = std::move(*bus);
    ASSERT_TRUE(eventually([this] { return std::filesystem::exists(file("bus")); }))
        << read_file(file("bus.log"));
    auto judge =
        Process::start({with_environment({"umockdev-run", "-d", file("modem.umockdev"), "--",
                                          program("usr/sbin/ModemManager"), "--test-session",
                                          "--test-plugin-dir=" +
                                              program("usr/lib/" MWAN_MULTIARCH "/ModemManager")}),
                        &*router_, file("judge.log"), file("judge.log")});
    REQUIRE_OK(judge);
    judge_ = std::move(*judge);
  }
  [[nodiscard]] Result<std::string> mmcli(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {program("usr/bin/mmcli"), "-m", "any"});
    return run(&*router_, with_environment(std::move(arguments)), 60s);
  }
  [[nodiscard]] json modem() const {
    const auto out = mmcli({"-J"});
    return out ? json::parse(*out, nullptr, false)["modem"] : json::object();
  }
  [[nodiscard]] std::string state() const {
    const json now = modem();
    return now.contains("generic") ? now["generic"].value("state", "") : "";
  }
  void accept(const std::string& driver, const std::string& header);

  Process bus_;
  Process judge_;
};

void ModemManager::accept(const std::string& driver, const std::string& header) {
  simulate(header + kManagedScenario);
  start_judge(driver);
  const auto why = [&] { return last_lines(file("judge.log"), 30); };
  ASSERT_TRUE(eventually([&] { return state() == "disabled"; }, 60s)) << why();
  EXPECT_EQ(modem()["generic"].value("equipment-identifier", ""), "352099001761481");
  EXPECT_EQ(modem()["generic"]["drivers"], json::array({driver}));

  const auto enabled = mmcli({"--enable"});
  ASSERT_TRUE(enabled) << enabled.error().text() << why();
  EXPECT_TRUE(eventually([&] { return state() == "registered"; }, 30s)) << state() << why();
  const auto connected = mmcli({"--simple-connect=apn=internet,ip-type=ipv4"});
  ASSERT_TRUE(connected) << connected.error().text() << why();
  EXPECT_EQ(state(), "connected") << why();
  EXPECT_EQ(modem()["generic"]["access-technologies"], json::array({"lte"}));
  EXPECT_EQ(stats()["sessions"].value("open", 0), 1);

  ASSERT_TRUE(mmcli({"--signal-setup=1"})) << why();
  const auto level = [&]() -> std::string {
    const auto out = mmcli({"--signal-get", "-J"});
    if (!out) return out.error().text();
    return json::parse(*out, nullptr, false)["modem"]["signal"]["lte"].value("rsrp", "");
  };
  EXPECT_TRUE(eventually([&] { return level().starts_with("-97"); }, 20s)) << level() << why();

  const auto disconnected = mmcli({"--simple-disconnect"});
  EXPECT_TRUE(disconnected) << (disconnected ? "" : disconnected.error().text());
  EXPECT_TRUE(eventually([this] { return stats()["sessions"].value("open", -1) == 0; }));
  judge_.stop(20s);
}

TEST_F(ModemManager, AcceptsTheQmiModem) { accept("qmi_wwan", "data-format=raw-ip\n"); }
TEST_F(ModemManager, AcceptsTheMbimModem) { accept("cdc_mbim", "protocol=mbim\n"); }

}  // namespace
}  // namespace mwan::lab
