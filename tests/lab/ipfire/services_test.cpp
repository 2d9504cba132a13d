// SPDX-License-Identifier: LGPL-2.1-or-later
// What the LAN has of the services of the box when RED changes: its names, by the resolver of the
// provider that carries the traffic. unbound is unbound itself, from Debian's package, which
// ./check unpacks to build/resolver; installed it would serve this machine.
#include <gmock/gmock.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/ipfire/ipfire_lab.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ServicesOfTheBox : public IpfireLab, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    if (!fs::exists(part("usr/sbin/unbound"))) {
      GTEST_SKIP() << "unbound is not unpacked at " << MWAN_RESOLVER << ": run ./check";
    }
    IpfireLab::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fs::copy(MWAN_IPFIRE_SERVICES, folder() / "rc.d/init.d");
    REQUIRE_OK(write_file(folder() / "run/unbound.env",
                          "unbound=" + part("usr/sbin/unbound") +
                              "\nunbound_control=" + part("usr/sbin/unbound-control") +
                              "\nexport LD_LIBRARY_PATH=" + part("usr/lib/" MWAN_MULTIARCH) +
                              "\n"));
    hook("25-update-dns-forwarders", "exec /etc/rc.d/init.d/unbound update-forwarders");
    hook("27-RS-squid", "[ ! -e /var/ipfire/proxy/enable ] || exec /etc/rc.d/init.d/squid restart");
    for (const int number : {1, 2}) serve_names(number);
  }
  // As IPFire has it in red.up.
  void hook(const std::string& name, const std::string& command) const {
    const auto path = folder() / "rc.d/init.d/networking/red.up" / name;
    REQUIRE_OK(write_file(path, "#!/bin/sh\n" + command + "\n"));
    fs::permissions(path, fs::perms(0755));
  }
  static std::string part(const std::string& name) {
    return (fs::path(MWAN_RESOLVER) / name).string();
  }
  // Each provider says of every name below "example" that it is its own.
  void serve_names(int number) {
    const std::string n = std::to_string(number);
    REQUIRE_OK(ip(provider(number), "addr add 10." + n + ".0.53/32 dev lo"));
    const auto out = folder() / ("names" + n + ".log");
    auto started = Process::start(
        {{"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
          "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-", "--bind-interfaces",
          "--listen-address=10." + n + ".0.53", "--address=/example/192.0.2." + n},
         &provider(number),
         out,
         out});
    REQUIRE_OK(started);
    names_.push_back(std::move(*started));
  }
  // Of a name that nobody has asked for before.
  [[nodiscard]] std::string resolved() {
    const std::string name = "host" + std::to_string(++asked_) + ".example";
    const auto said = run(&client(), {"busybox", "nslookup", name, "192.168.1.1"}, 20s);
    return said ? *said : said.error().text();
  }
  void expect_names_of(int number) {
    const std::string address = "192.0.2." + std::to_string(number);
    std::string said;
    EXPECT_TRUE(wait_until(20s,
                           [&] {
                             said = resolved();
                             return said.find(address) != std::string::npos;
                           }))
        << said << read_file(folder() / "run/unbound.log");
  }
  std::vector<Process> names_;
  int asked_ = 0;
};

TEST_P(ServicesOfTheBox, TheLanHasItsNamesByTheProviderThatCarriesTheTraffic) {
  boot(Red::Static);
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/unbound", "start"}));
  expect_names_of(1);
  write_config(GetParam() ? "IPFIRE_MODE=full\n" : "");
  const auto before = box_state();
  start_until_steady();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_names_of(2);
  const auto back = mark();
  red_works(true);
  ASSERT_TRUE(says("StartingServices -> MonitoringPrimary", back));
  expect_names_of(1);
  ASSERT_TRUE(says("RED: the services know", back));
  stop_daemon();
  expect_names_of(1);
  expect_box_is(before);
}

// It is switched on by a file of the web UI's.
TEST_P(ServicesOfTheBox, NobodyWaitsForTheProxy) {
  fs::create_directories(folder() / "ipfire/proxy");
  REQUIRE_OK(write_file(folder() / "ipfire/proxy/enable", ""));
  boot(Red::Static);
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/unbound", "start"}));
  write_config(GetParam() ? "IPFIRE_MODE=full\n" : "");
  start_until_steady();
  const auto called = box_log().size();
  red_works(false);
  ASSERT_TRUE(says("-> MonitoringBackup"));
  expect_lan_traffic();
  expect_names_of(2);
  // With the full mode it is IPFire's own hook that restarts it.
  const std::string begins = "squid restart begins with 10.2.0.2";
  const auto begun = box_log().find(begins, called);
  ASSERT_NE(begun, std::string::npos);
  if (!GetParam()) {
    EXPECT_THAT(box_log().substr(called), Not(HasSubstr("squid restart has ended")));
  }
  EXPECT_TRUE(wait_until(
      20s, [&] { return box_log().find("squid restart has ended", called) != std::string::npos; }));
  EXPECT_EQ(box_log().find(begins, begun + 1), std::string::npos) << "restarted twice";
  stop_daemon();
}

INSTANTIATE_TEST_SUITE_P(Modes, ServicesOfTheBox, testing::Bool(),
                         [](const auto& info) { return info.param ? "Full" : "Fast"; });

}  // namespace
}  // namespace mwan::lab
