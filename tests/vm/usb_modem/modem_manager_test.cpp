// SPDX-License-Identifier: LGPL-2.1-or-later
// Debian's ModemManager with real udev and the kernel's real drivers takes the simulated modem for
// a real one: it finds it by its own rules when it is plugged in, asks its AT ports, registers and
// connects it, and notices that it is gone. Its bus is one of the test's own; ./check unpacks it to
// build/judges.
#include <filesystem>

#include "tests/vm/usb_modem/usb_bus.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr Duration kSlow = 240s;  // it waits for ports that come late, in an emulated machine

class UsbModemManager : public UsbBus {
 protected:
  void SetUp() override {
    if (!fs::exists(program("usr/sbin/ModemManager"))) {
      GTEST_SKIP() << "ModemManager is not unpacked at " << MWAN_JUDGES << ": run ./check";
    }
    UsbBus::SetUp();
    fs::create_directories("/run/udev/rules.d");
    for (const auto& rule : fs::directory_iterator(program("lib/udev/rules.d"))) {
      fs::copy_file(rule.path(), "/run/udev/rules.d" / rule.path().filename(),
                    fs::copy_options::overwrite_existing);
    }
    ASSERT_EQ(output({"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm", "control", "--reload"}), "");
    start_judge();
  }
  static std::string program(const std::string& name) {
    return (fs::path(MWAN_JUDGES) / name).string();
  }
  [[nodiscard]] std::vector<std::string> with_environment(std::vector<std::string> argv) const {
    const std::string bus = "unix:path=" + file("bus");
    argv.insert(argv.begin(),
                {"env", "DBUS_SESSION_BUS_ADDRESS=" + bus, "DBUS_SYSTEM_BUS_ADDRESS=" + bus,
                 "LD_LIBRARY_PATH=" + program("usr/lib/" MWAN_MULTIARCH)});
    return argv;
  }
  void start_judge() {
    auto bus = lab::Process::start({{"dbus-daemon", "--session", "--nofork", "--nosyslog",
                                     "--address=unix:path=" + file("bus")},
                                    nullptr,
                                    file("bus.log"),
                                    file("bus.log")});
    REQUIRE_OK(bus);
    bus_ = std::move(*bus);
    ASSERT_TRUE(eventually([this] { return fs::exists(file("bus")); }))
        << lab::read_file(file("bus.log"));
    auto judge = lab::Process::start(
        {with_environment(
             {program("usr/sbin/ModemManager"), "--test-session",
              "--test-plugin-dir=" + program("usr/lib/" MWAN_MULTIARCH "/ModemManager")}),
         nullptr, file("judge.log"), file("judge.log")});
    REQUIRE_OK(judge);
    judge_ = std::move(*judge);
  }
  [[nodiscard]] std::string mmcli(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {program("usr/bin/mmcli"), "-m", "any"});
    return output(with_environment(std::move(arguments)), kSlow);
  }
  [[nodiscard]] json generic() const {
    const json now = json::parse(mmcli({"-J"}), nullptr, false);
    return now.is_object() ? now["modem"]["generic"] : json::object();
  }
  [[nodiscard]] std::string state() const { return generic().value("state", ""); }
  [[nodiscard]] std::string why() const { return lab::last_lines(file("judge.log"), 30); }
  void accept(const std::string& kind, const std::string& driver);

  lab::Process bus_;
  lab::Process judge_;
};

void UsbModemManager::accept(const std::string& kind, const std::string& driver) {
  ASSERT_NO_FATAL_FAILURE(
      plug(kind, "imei=352099001761481\nsignal lte rsrp=-97 rsrq=-11 sinr=7.5\n"));
  ASSERT_TRUE(eventually([this] { return state() == "disabled"; }, kSlow)) << why();
  EXPECT_EQ(generic().value("equipment-identifier", ""), "352099001761481");
  EXPECT_THAT(generic()["drivers"], testing::Contains(driver));
  EXPECT_THAT(mmcli({"--enable"}), testing::HasSubstr("successfully")) << why();
  EXPECT_TRUE(eventually([this] { return state() == "registered"; }, kSlow)) << state() << why();
  EXPECT_THAT(mmcli({"--simple-connect=apn=internet,ip-type=ipv4"}),
              testing::HasSubstr("successfully"))
      << why();
  EXPECT_EQ(state(), "connected") << why();
  use_network();
  EXPECT_EQ(pings(3), 3);
  unplug();
  EXPECT_TRUE(eventually([this] { return mmcli({}).starts_with("error"); }, kSlow)) << why();
  judge_.stop(20s);
}

TEST_F(UsbModemManager, AcceptsTheQmiModem) { accept("qmi", "qmi_wwan"); }
TEST_F(UsbModemManager, AcceptsTheMbimModem) { accept("mbim", "cdc_mbim"); }

}  // namespace
}  // namespace mwan::vm
