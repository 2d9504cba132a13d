// SPDX-License-Identifier: LGPL-2.1-or-later
// What cuts users off on IPFire, each first shown to do so without the daemon's care.
#include <future>

#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Traps : public IpfireLab {
 protected:
  [[nodiscard]] bool box_says(const std::string& words, Duration limit) const {
    return wait_until(limit, [&] { return box_log().find(words) != std::string::npos; });
  }
  void serve_backup() {
    const auto out = folder() / "dnsmasq2.log";
    auto started = Process::start(
        {{"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
          "--no-ping", "--dhcp-authoritative", "--leasefile-ro", "--user=root",
          "--pid-file=", "--log-facility=-", "--interface=cpe0", "--bind-interfaces",
          "--dhcp-range=10.2.0.100,10.2.0.109,255.255.255.0,120"},
         &provider(2),
         out,
         out});
    REQUIRE_OK(started);
    server_ = std::move(*started);
  }
  Process server_;
};

// dhcpcd's script asks on its way up which device it is for, and not on its way down.
TEST_F(Traps, IpfiresDhcpcdOnASecondLineKillsRed) {
  boot(Red::Static);
  serve_backup();
  REQUIRE_OK(on_box({"dhcpcd", "--background", "-4", "-f", "/var/ipfire/dhcpc/dhcpcd.conf", "-c",
                     "/var/ipfire/dhcpc/dhcpcd.exe", "eth1"}));
  EXPECT_TRUE(wait_until(20s, [&] { return !has_red_file("active"); }));
}

TEST_F(Traps, OursDoesNot) {
  boot(Red::Static);
  serve_backup();
  REQUIRE_OK(write_file(folder() / "config/profiles/ethernet-backup",
                        "KIND=ethernet\nPRIORITY=10\nNETDEV=eth1\nADDRESSING=dhcp\n"));
  const auto called = box_log().size();
  start_until_steady();
  EXPECT_TRUE(has_red_file("active"));
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  EXPECT_EQ(red_file("iface"), "eth1");
  const auto back = mark();
  plug_red(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  stop_daemon();
  EXPECT_TRUE(has_red_file("active"));
  EXPECT_THAT(box_log().substr(called), Not(HasSubstr("dhcpcd.exe")));
}

// The carrier of a dead line comes back, and the primary's dhcpcd writes into RED's files.
TEST_F(Traps, ADhcpcdThatOutlivesTheFailoverTakesRedBack) {
  boot(Red::Dhcp);
  REQUIRE_OK(write_file(folder() / "ipfire/red/iface", "eth1"));
  REQUIRE_OK(write_file(folder() / "ipfire/red/local-ipaddress", "10.2.0.2"));
  plug_red(false);
  ASSERT_TRUE(box_says("EXPIRE red0", 20s) || box_says("NOCARRIER red0", 1s));
  plug_red(true);
  EXPECT_TRUE(wait_until(40s, [&] { return red_file("local-ipaddress") != "10.2.0.2"; }));
}

TEST_F(Traps, OursEndsItFirst) {
  boot(Red::Dhcp);
  start_until_steady();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  const auto called = box_log().size();
  for (const bool in : {false, true}) {
    plug_red(in);
    sleep_for(1s);
  }
  // Our own has its lease by then; a stock one would have written it into RED's files.
  sleep_for(8s);
  EXPECT_EQ(red_file("iface"), "eth1");
  EXPECT_EQ(red_file("local-ipaddress"), "10.2.0.2");
  EXPECT_THAT(box_log().substr(called), Not(HasSubstr("dhcpcd.exe")));
  expect_lan_traffic();
}

// connectd looks every five seconds whether somebody still wants RED.
TEST_F(Traps, AConnectdThatLingersStopsRed) {
  boot(Red::Static);
  REQUIRE_OK(write_file(folder() / "ipfire/red/keepconnected", "0\n"));
  auto connectd = std::async(std::launch::async, [this] {
    return on_box({"/etc/rc.d/init.d/connectd", "start"}, 30s).has_value();
  });
  sleep_for(1s);
  fs::remove(folder() / "ipfire/red/keepconnected");
  EXPECT_TRUE(box_says("red stop", 10s));
  connectd.wait();
}

TEST_F(Traps, OursEndsConnectdFirst) {
  boot(Red::Static);
  start_until_steady();
  REQUIRE_OK(write_file(folder() / "ipfire/red/keepconnected", "0\n"));
  // Its descendants have no parent that we know: as when `red start` began it.
  REQUIRE_OK(on_box({"/bin/sh", "-c", "setsid /etc/rc.d/init.d/connectd start >/dev/null 2>&1 &"}));
  sleep_for(1s);
  plug_red(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  EXPECT_FALSE(has_red_file("keepconnected"));
  EXPECT_FALSE(box_says("red stop", 8s));
  for (const auto& words : processes()) EXPECT_THAT(words, Not(HasSubstr("connectd")));
  expect_lan_traffic();
}

}  // namespace
}  // namespace mwan::lab
