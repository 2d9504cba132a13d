// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/services.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/host/services_ipfire.hpp"

namespace mwan::failover {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class ServicesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "services-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  ~ServicesTest() override { fs::remove_all(root_); }

  // A program that notes its name and arguments, and does what else the text says.
  void script(const std::string& path, const std::string& more = "") const {
    const fs::path file = root_ + path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "#!/bin/sh\necho \"${0##*/}${1:+ $1}\" >> " << root_ << "/said\n"
                        << more << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  void file(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  [[nodiscard]] std::vector<std::string> said() const {
    std::ifstream in(root_ + "/said");
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  // Looks again from time to time: what a script writes wakes nobody.
  template <class Condition>
  bool until(Condition condition) {
    const Instant limit = Loop::now() + std::chrono::seconds(20);
    while (!condition() && Loop::now() < limit) {
      const auto timer = loop_.after(std::chrono::milliseconds(20), [] {});
      loop_.iterate(true);
    }
    return condition();
  }
  [[nodiscard]] ServiceTask task(const std::string& name) const {
    return {name, {{.argv = {root_ + "/" + name}}}};
  }

  std::string root_;
  Loop loop_;
};

TEST_F(ServicesTest, TheyRunInOrderAndAFailureStopsNoOther) {
  script("/one");
  script("/two", "echo 'out of wax' >&2; exit 3");
  script("/three");
  ServiceLane lane(loop_, {});
  int done = 0;
  lane.run({task("one"), task("two"), task("missing"), task("three")}, [&] { ++done; });
  EXPECT_EQ(done, 0);
  ASSERT_TRUE(until([&] { return done != 0; }));
  EXPECT_THAT(said(), ElementsAre("one", "two", "three"));
}

TEST_F(ServicesTest, OneThatHangsIsEndedAtItsLimit) {
  script("/hangs", "sleep 60");
  script("/next");
  ServiceLane lane(loop_, {});
  bool done = false;
  auto hangs = task("hangs");
  hangs.commands[0].limit = std::chrono::milliseconds(200);
  lane.run({hangs, task("next")}, [&] { done = true; });
  ASSERT_TRUE(until([&] { return done; }));
  EXPECT_THAT(said(), ElementsAre("hangs", "next"));
}

TEST_F(ServicesTest, OfOneServiceTheCommandsAfterAFailedOneAreLeftOut) {
  script("/stop", "exit 1");
  script("/start");
  ServiceLane lane(loop_, {});
  bool done = false;
  ServiceTask both = task("stop");
  both.commands.push_back(task("start").commands[0]);
  lane.run({both}, [&] { done = true; });
  ASSERT_TRUE(until([&] { return done; }));
  EXPECT_THAT(said(), ElementsAre("stop"));
}

TEST_F(ServicesTest, ANewerRunDropsWhatTheOlderHasNotBegun) {
  script("/slow", "while [ ! -e " + root_ + "/go ]; do sleep 0.02; done; echo slow-end >> " +
                      root_ + "/said");
  script("/old");
  script("/new");
  ServiceLane lane(loop_, {});
  std::vector<std::string> done;
  lane.run({task("slow"), task("old")}, [&] { done.push_back("older"); });
  ASSERT_TRUE(until([&] { return !said().empty(); }));
  lane.run({task("new")}, [&] { done.push_back("newer"); });
  file("/go", "");
  ASSERT_TRUE(until([&] { return done.size() == 2; }));
  EXPECT_THAT(said(), ElementsAre("slow", "slow-end", "new"));  // what had begun was ended
  EXPECT_THAT(done, ElementsAre("older", "newer"));
}

TEST_F(ServicesTest, NothingToDoIsDoneFromTheLoop) {
  ServiceLane lane(loop_, {});
  bool done = false;
  lane.run({}, [&] { done = true; });
  EXPECT_FALSE(done);
  EXPECT_TRUE(until([&] { return done; }));
}

TEST(UnitNames, AreSeparatedByCommas) {
  EXPECT_THAT(unit_names("chrony,unbound"), ElementsAre("chrony", "unbound"));
  EXPECT_THAT(unit_names(",chrony,,"), ElementsAre("chrony"));
  EXPECT_THAT(unit_names(""), IsEmpty());
  EXPECT_THAT(unit_names("none"), IsEmpty());
}

class IpfireServicesTest : public ServicesTest {
 protected:
  [[nodiscard]] ipfire::Paths paths() const { return {.root = root_}; }
  static ipfire::RedChange change() {
    ipfire::RedChange out;
    out.from = {.iface = "red0", .remote = *IpAddress::parse("192.0.2.1")};
    out.to = {.iface = "usb0", .remote = *IpAddress::parse("198.51.100.1")};
    return out;
  }
  static std::vector<std::string> names(const std::vector<ServiceTask>& tasks) {
    std::vector<std::string> out;
    for (const ServiceTask& task : tasks) out.push_back(task.name);
    return out;
  }
};

constexpr ipfire::EnabledServices kAll{true, true, true, true, true, true};

TEST_F(IpfireServicesTest, TheResolverComesFirstAndTheProxyIsWaitedForByNobody) {
  const auto plan = plan_services(paths(), kAll, change());
  EXPECT_THAT(names(plan.quick), ElementsAre("unbound", "WireGuard", "QoS"));
  EXPECT_THAT(names(plan.slow), ElementsAre("dynamic DNS", "IPsec", "squid"));
}

TEST_F(IpfireServicesTest, WhatIPFiresHooksDidIsNotDoneAgain) {
  auto by_hooks = change();
  by_hooks.hooks_ran = true;
  const auto plan = plan_services(paths(), kAll, by_hooks);
  EXPECT_THAT(names(plan.quick), ElementsAre("WireGuard"));  // which has no hook
  EXPECT_THAT(plan.slow, IsEmpty());
}

TEST_F(IpfireServicesTest, WireGuardStaysWhenItsGatewayDoes) {
  auto same = change();
  same.to = same.from;
  same.to.local = *IpAddress::parse("192.0.2.77");
  EXPECT_THAT(names(plan_services(paths(), kAll, same).quick), ElementsAre("unbound", "QoS"));
  same.from = {};
  EXPECT_THAT(names(plan_services(paths(), kAll, same).quick),
              ElementsAre("unbound", "WireGuard", "QoS"));
}

TEST_F(IpfireServicesTest, OnlyWhatIsSwitchedOnIsFound) {
  EXPECT_EQ(look_for_services(paths()), ipfire::EnabledServices{});
  script("/etc/rc.d/init.d/unbound");
  file("/var/ipfire/proxy/enable_blue", "");
  file("/var/ipfire/wireguard/settings", "PORT=51820\nENABLED=on\n");
  file("/var/ipfire/qos/settings", "ENABLED=off\n# ENABLED=on\n");
  EXPECT_EQ(look_for_services(paths()),
            (ipfire::EnabledServices{.unbound = true, .squid = true, .wireguard = true}));
}

TEST_F(IpfireServicesTest, SettingsThatAreALinkSwitchNothingOn) {
  file("/elsewhere", "ENABLED=on\n");
  fs::create_directories(root_ + "/var/ipfire/qos");
  fs::create_symlink(root_ + "/elsewhere", root_ + "/var/ipfire/qos/settings");
  EXPECT_FALSE(look_for_services(paths()).qos);
}

TEST_F(IpfireServicesTest, AChangeOfRedReachesTheScripts) {
  script("/etc/rc.d/init.d/unbound", "sleep 0.3");
  script("/etc/rc.d/init.d/squid", "exit 1");
  script("/etc/rc.d/init.d/wireguard");
  script("/usr/local/bin/qosctrl");
  file("/var/ipfire/proxy/enable", "");
  file("/var/ipfire/wireguard/settings", "ENABLED=on\n");
  file("/var/ipfire/qos/settings", "ENABLED=on\n");
  ipfire::IpfireServices services(loop_, paths());
  int done = 0;
  services.run(change(), [&] { ++done; });
  ASSERT_TRUE(until([&] { return done != 0; }));
  auto order = said();
  EXPECT_EQ(std::erase(order, "squid restart"), 1U);  // beside the others
  EXPECT_THAT(order, ElementsAre("unbound update-forwarders", "wireguard restart", "qosctrl stop",
                                 "qosctrl generate", "qosctrl start"));
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace mwan::failover
