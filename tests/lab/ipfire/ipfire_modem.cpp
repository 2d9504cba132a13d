// SPDX-License-Identifier: LGPL-2.1-or-later
// The stand-in for an IPFire box with a modem: mwan-sim behind the proxy socket that libqmi asks,
// and what the kernel would show of it. The file in /dev is never read or written: the proxy is
// told its name.
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* customer = "10.64.0.2";
// Each SIGUSR1 pulls the modem out, or plugs it in. It dials IPv4, as IPFire does.
constexpr const char* scenario =
    "ipv4-dns=10.64.0.53\ndata-format=raw-ip\ngrants=ipv4\n"
    "signal lte rsrp=-85 rsrq=-8 sinr=18\nregistration home\n"
    "trigger\nat 0s unplug\n"
    "trigger\nat 0s plug\n";

}  // namespace

void IpfireLab::add_modem(int number, const std::string& netdev, bool as_device) {
  if (::access("/usr/bin/qmicli", X_OK) != 0) GTEST_SKIP() << "needs /usr/bin/qmicli";
  const NetNs& its = provider(number);
  REQUIRE_OK(write_file(folder() / "modem.scn", scenario));
  auto started =
      Process::start({{MWAN_SIMULATOR, "--proxy", "qmi-proxy", "--scenario", folder() / "modem.scn",
                       "--net", netdev, "--operator-net", "lte0", "--operator-netns", its.path(),
                       "--stats", folder() / "modem-books.json"},
                      box_.get(),
                      folder() / "modem.jsonl",
                      folder() / "modem.log"});
  REQUIRE_OK(started);
  modem_ = std::move(*started);
  // IPFire's script does not wait for the network.
  ASSERT_TRUE(wait_until(20s, [&] {
    const auto books =
        nlohmann::json::parse(read_file(folder() / "modem-books.json"), nullptr, false);
    return books.is_object() && books.value("registration", "") == "home";
  })) << read_file(folder() / "modem.log");
  REQUIRE_OK(ip(its, "addr add 10.64.0.1/32 dev lo"));
  REQUIRE_OK(ip(its, "link set lte0 up"));
  REQUIRE_OK(ip(its, fmt::format("route add {} dev lte0", customer)));
  REQUIRE_OK(ip(server(), fmt::format("route add {} via 198.18.{}.1", customer, number)));
  if (as_device) show_modem(netdev, true);
}

void IpfireLab::use_modem_backup() {
  add_modem(2, "wwan0", false);
  backup_ = "gsm-backup";
  fs::remove(folder() / "config/profiles/ethernet-backup");
  REQUIRE_OK(write_file(folder() / "config/profiles/gsm-backup",
                        "KIND=modem\nPRIORITY=10\nSIMULATED=yes\nDEVICE=/dev/cdc-wdm0\n"
                        "NETDEV=wwan0\nAPN=internet.example\nMETERED=yes\n"));
}

void IpfireLab::boot_modem() {
  REQUIRE_OK(write_file(folder() / "ipfire/ppp/settings",
                        "TYPE=qmi\nAPN=internet.example\nUSERNAME=\nPASSWORD=\n"));
  REQUIRE_OK(ip(box(), "link del red0"));
  // A /dev and a /sys of the box's own.
  const std::string layers = folder() / "layers";
  for (const char* layer : {"/dev-upper", "/dev-work"}) {
    REQUIRE_OK(on_box({"mkdir", layers + layer}));
  }
  REQUIRE_OK(
      on_box({"mount", "-t", "overlay", "-o",
              fmt::format("lowerdir=/dev,upperdir={0}/dev-upper,workdir={0}/dev-work", layers),
              "overlay", "/dev"}));
  fs::create_directories(folder() / "sys");
  REQUIRE_OK(on_box({"mount", "--bind", folder() / "sys", "/sys"}));
  add_modem(1, "red0", true);
}

// As qmi_wwan has it in sysfs, as far as somebody asks.
void IpfireLab::show_modem(const std::string& netdev, bool there) const {
  const fs::path sys = folder() / "sys";
  const fs::path function = sys / "devices/usb1/1-1/1-1:1.4";
  fs::remove_all(sys / "class");
  fs::remove_all(sys / "devices");
  if (!there) {
    REQUIRE_OK(on_box({"rm", "-f", "/dev/cdc-wdm0"}));
    return;
  }
  fs::create_directories(sys / "bus/usb/drivers/qmi_wwan");
  fs::create_directories(function / "usbmisc/cdc-wdm0");
  fs::create_directories(function / "net" / netdev / "qmi");
  fs::create_symlink("../../../../bus/usb/drivers/qmi_wwan", function / "driver");
  fs::create_symlink("../../../1-1:1.4", function / "usbmisc/cdc-wdm0/device");
  fs::create_symlink("../../../1-1:1.4", function / "net" / netdev / "device");
  REQUIRE_OK(write_file(function / "net" / netdev / "qmi/raw_ip", "N\n"));
  REQUIRE_OK(write_file(function / "bInterfaceNumber", "04\n"));
  REQUIRE_OK(write_file(function / "../idVendor", "2c7c\n"));
  REQUIRE_OK(write_file(function / "../idProduct", "0125\n"));
  for (const char* kind : {"usbmisc", "net"}) fs::create_directories(sys / "class" / kind);
  fs::create_symlink("../../devices/usb1/1-1/1-1:1.4/usbmisc/cdc-wdm0",
                     sys / "class/usbmisc/cdc-wdm0");
  fs::create_symlink("../../devices/usb1/1-1/1-1:1.4/net/" + netdev, sys / "class/net" / netdev);
  // The null device: only its kind is looked at.
  REQUIRE_OK(on_box({"mknod", "/dev/cdc-wdm0", "c", "1", "3"}));
}

void IpfireLab::plug_red(bool in) {
  if (type_ != Red::Qmi) {
    REQUIRE_OK(provider(1).set_link("cpe0", in));
    return;
  }
  // A scenario has an end: the parts above are played once.
  if (in) show_modem("red0", true);
  modem_.signal(SIGUSR1);
  if (!in) show_modem("red0", false);
}

}  // namespace mwan::lab
