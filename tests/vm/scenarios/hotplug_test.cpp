// SPDX-License-Identifier: LGPL-2.1-or-later
// Real USB drivers, real udev with our rules, the real daemon: phones that are plugged in and
// pulled out.
#include <csignal>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/work_folder.hpp"
#include "tests/vm/lab/phone.hpp"
#include "tests/vm/lab/until.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using lab::read_file;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// Shared with what udev's rules start.
const fs::path kFolder = "/run/mwan-hotplug-test";
constexpr const char* kRules = "/run/udev/rules.d/70-mwan.rules";

// What is asked for is behind the phone.
const std::string kProbes = fmt::format("PROBE_TARGETS={}\n", kPhoneInternet);
constexpr Duration kPatience = 120s;
const std::string kViaPhone = fmt::format("via {}", kPhoneAddress);
const std::string kQuickStart =
    kProbes + "STARTUP_GRACE_S=1\nPROBE_TIMEOUT_MS=3000\nPROBE_FAST_INTERVAL_MS=200\n";

std::string says(const std::vector<std::string>& argv) {
  const auto said = lab::run(nullptr, argv, kPatience);
  return said ? *said : said.error().text();
}

// The guest's programs have a root of their own, where udevadm would do nothing.
std::string udevadm(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm"});
  return says(arguments);
}

std::string kernel() {
  return says({"ip", "rule"}) + says({"ip", "route", "show", "table", "all"}) +
         says({"ip", "addr"});
}

class Hotplug : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(kFolder / "config/profiles");
    fs::create_directories("/run/udev/rules.d");
    write("settings", kQuickStart);
    const auto rules = lab::write_file(kRules, read_file(MWAN_TEST_RULES));
    ASSERT_TRUE(rules) << rules.error().text();
    udevadm({"control", "--reload"});
  }
  void TearDown() override {
    daemon_.stop(60s);
    fs::remove(kRules);
    udevadm({"control", "--reload"});
    fs::remove_all(kFolder);
  }
  static void write(const std::string& name, const std::string& text) {
    const auto done = lab::write_file(kFolder / "config" / name, text);
    ASSERT_TRUE(done) << done.error().text();
  }
  static std::string log() { return read_file(kFolder / "daemon.log"); }
  static bool soon(const std::function<bool()>& condition) {
    return lab::wait_until(kPatience, condition);
  }
  void start() {
    auto started = lab::Process::start(
        {{MWAN_DAEMON, "--config-dir", kFolder / "config", "--state-dir", kFolder / "state"},
         nullptr,
         kFolder / "daemon.log",
         kFolder / "daemon.log"});
    ASSERT_TRUE(started) << started.error().text();
    daemon_ = std::move(*started);
    soon([this] { return !daemon_.running() || log().find("started") != std::string::npos; });
    ASSERT_TRUE(daemon_.running()) << log();
  }
  static bool good(const std::string& link) {
    const std::string text = log();
    const auto last = text.rfind(link + " is ");
    return last != std::string::npos && text.compare(last, link.size() + 8, link + " is good") == 0;
  }
  static std::string properties(std::string_view driver) {
    for (const auto& entry : fs::directory_iterator("/sys/class/net")) {
      std::error_code error;
      const auto link = fs::read_symlink(entry.path() / "device/driver", error);
      if (!error && link.filename() == driver) {
        return udevadm({"info", "--query=property", entry.path().string()});
      }
    }
    return fmt::format("no network device of {}", driver);
  }
  lab::Process daemon_;
};

TEST_F(Hotplug, APhoneBecomesALinkByItselfAndLeavesNothing) {
  write("profiles/phone", "KIND=tether\nPRIORITY=1\nMATCH=any\n");
  for (const NetFunction function : {NetFunction::Rndis, NetFunction::Ncm}) {
    SCOPED_TRACE(name_of(function));
    GadgetPlan plan;
    plan.function = function;
    auto phone = Phone::create(plan);
    REQUIRE_OK(phone);
    if (!daemon_.running()) start();
    const std::string before = kernel();
    const Instant plugged = lab::now();
    REQUIRE_OK(phone->plug());
    ASSERT_TRUE(soon([] { return good("phone"); })) << log() << kernel();
    const Instant up = lab::now();
    EXPECT_THAT(kernel(), ContainsRegex("from 192.168.42.[0-9]+ lookup 1100"));
    // It says that the link is good, then it moves the route there.
    EXPECT_TRUE(soon([] {
      return says({"ip", "route", "show", "default"}).find(kViaPhone) != std::string::npos;
    })) << kernel();
    EXPECT_THAT(properties(host_driver(function)), HasSubstr("ID_MWAN_CANDIDATE=1"));
    REQUIRE_OK(phone->unplug());
    EXPECT_TRUE(soon([&] { return kernel() == before; })) << before << "\nnow\n"
                                                          << kernel() << log();
    std::cout << name_of(function)
              << ": plugged in to proven by probes, within the emulator: " << to_ms(up - plugged)
              << " ms\n";
  }
  EXPECT_TRUE(soon([] {
    return says({"pgrep", "-x", "dhcpcd"}).find("exit code 1") != std::string::npos;
  })) << says({"pgrep", "-a", "dhcpcd"});
  daemon_.signal(SIGTERM);
  const auto ended = daemon_.wait(kPatience);
  EXPECT_EQ(ended ? lab::Process::words(*ended) : "did not end", "exit code 0") << log();
  EXPECT_FALSE(fs::exists(kFolder / "state/control.sock"));
}

TEST_F(Hotplug, AnUnknownPhoneNeedsNoProfileWhereThatIsAllowed) {
  write("settings", kQuickStart + "AUTO_PROFILES=yes\n");
  auto phone = Phone::create({});
  REQUIRE_OK(phone);
  start();
  const std::string before = kernel();
  for (int round = 0; round < 2; ++round) {
    REQUIRE_OK(phone->plug());
    ASSERT_TRUE(soon([] {
      return says({"ip", "route", "show", "default"}).find(kViaPhone) != std::string::npos;
    })) << log()
        << kernel();
    EXPECT_THAT(log(), ContainsRegex("auto-tether-18d1-4ee3-[0-9a-f]+: profile made"));
    REQUIRE_OK(phone->unplug());
    EXPECT_TRUE(soon([&] { return kernel() == before; })) << before << "\nnow\n"
                                                          << kernel() << log();
  }
  EXPECT_TRUE(fs::is_empty(kFolder / "config/profiles"));
}

TEST_F(Hotplug, ModemManagerIsKeptOffWhatAProfileAsksForAndOffNothingElse) {
  write("profiles/lte", "KIND=modem\nPRIORITY=1\nMATCH=usb:18d1:4ee3,serial:PHONE01\n");
  for (const std::string serial : {"PHONE01", "OTHER"}) {
    GadgetPlan plan;
    plan.function = NetFunction::Ecm;
    plan.serial = serial;
    auto phone = Phone::create(plan);
    REQUIRE_OK(phone);
    REQUIRE_OK(phone->plug());
    const auto device = [] {
      for (const auto& entry : fs::directory_iterator("/sys/bus/usb/devices")) {
        if (read_file(entry.path() / "idProduct") == "4ee3\n") {
          return udevadm({"info", "--query=property", entry.path().string()});
        }
      }
      return std::string("no device");
    };
    // Each event of the device is over when its last property is there.
    ASSERT_TRUE(soon([&] {
      return device().find("ID_SERIAL_SHORT=" + serial) != std::string::npos &&
             properties("cdc_ether").find("ID_MWAN_CANDIDATE=1") != std::string::npos;
    })) << device()
        << properties("cdc_ether");
    for (const std::string& said : {device(), properties("cdc_ether")}) {
      if (serial == "PHONE01") {
        EXPECT_THAT(said, HasSubstr("ID_MM_DEVICE_IGNORE=1"));
        EXPECT_THAT(said, HasSubstr("ID_MWAN_PROFILE=lte"));
      } else {
        EXPECT_THAT(said, Not(HasSubstr("ID_MM_DEVICE_IGNORE")));
        EXPECT_THAT(said, Not(HasSubstr("ID_MWAN_PROFILE")));
      }
    }
    REQUIRE_OK(phone->unplug());
    udevadm({"settle"});
  }
}

TEST_F(Hotplug, ARuleStartsTheDaemonWhereItIsAllowedTo) {
  write("settings", kProbes + "HOTPLUG_START=yes\nLOG_FILE=/run/mwan-hotplug-test/started.log\n");
  write("profiles/phone",
        "KIND=ethernet\nPRIORITY=1\nMATCH=serial:PHONE01\nADDRESS=192.168.42.2/24\n"
        "GATEWAY=192.168.42.129\n");
  auto phone = Phone::create({});
  REQUIRE_OK(phone);
  REQUIRE_OK(phone->plug());
  const auto started = [] { return read_file(kFolder / "started.log"); };
  EXPECT_TRUE(soon([&] { return kernel().find("from 192.168.42.2") != std::string::npos; }))
      << started();
  udevadm({"trigger", "--action=add", "--subsystem-match=net"});
  udevadm({"settle"});
  const std::string pid = read_file(kFolder / "state/daemon.pid");
  ASSERT_FALSE(pid.empty());
  EXPECT_EQ(started().find("already running"), std::string::npos)
      << "it was told, not started again";
  EXPECT_OK(phone->unplug());
  ::kill(std::stoi(pid), SIGTERM);
  EXPECT_TRUE(soon([] { return !fs::exists(kFolder / "state/daemon.pid"); })) << started();
}

}  // namespace
}  // namespace mwan::vm
