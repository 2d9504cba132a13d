// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/host/checks.hpp"

#include <algorithm>

#include <gmock/gmock.h>

namespace mwan::config_tool {
namespace {

using testing::HasSubstr;
using State = HostCheck::State;

failover::Profile wired(const std::string& netdev) {
  failover::Profile out;
  out.name = netdev;
  out.netdev = netdev;
  out.ethernet.addressing = failover::Addressing::Dhcp;
  return out;
}

HostFacts good() {
  HostFacts out;
  out.root = true;
  out.configuration.emplace().profiles = {wired("eth1")};
  out.modules = {{"nf_conntrack", Module::There}};
  out.programs = {"/usr/sbin/dhcpcd", pppd_program};
  out.forwards = true;
  out.state_dir = "/var/lib/mwan";
  out.rules = "/lib/udev/rules.d/70-mwan.rules";
  return out;
}

// "what: advice" of all that is not in order.
std::vector<std::string> wrong(const HostFacts& facts, State state = State::Missing) {
  std::vector<std::string> out;
  for (const HostCheck& check : check_host(facts)) {
    if (check.state == state) out.push_back(check.what + ": " + check.advice);
  }
  return out;
}

TEST(HostChecks, AHostThatIsReady) {
  for (const HostCheck& check : check_host(good())) {
    EXPECT_EQ(check.state, State::Ok) << check.what;
    EXPECT_EQ(check.advice, "") << check.what;
  }
}

TEST(HostChecks, WhatAProfileNeeds) {
  HostFacts facts = good();
  facts.programs.clear();
  failover::Profile& line = facts.configuration->profiles.emplace_back(wired("eth2"));
  line.kind = LinkKind::Pppoe;
  facts.modules["pppoe"] = Module::Missing;
  facts.modules["qmi_wwan"] = Module::Missing;  // no profile asks for it
  EXPECT_THAT(wrong(facts),
              testing::UnorderedElementsAre(HasSubstr("program dhcpcd"), HasSubstr("program pppd"),
                                            HasSubstr("kernel module pppoe")));
}

TEST(HostChecks, OnlyIphonesNeedUsbmuxd) {
  HostFacts facts = good();
  EXPECT_THAT(wrong(facts, State::Note), testing::IsEmpty());
  facts.configuration->profiles.front().kind = LinkKind::Tether;
  EXPECT_THAT(wrong(facts), testing::IsEmpty());
  EXPECT_THAT(wrong(facts, State::Note), testing::ElementsAre(HasSubstr("usbmuxd")));
  facts.programs.insert(usbmuxd_programs().front());
  EXPECT_THAT(wrong(facts, State::Note), testing::IsEmpty());
}

TEST(HostChecks, WhoElseLooksAfterTheLinks) {
  HostFacts facts = good();
  facts.managed = {{"ifupdown", {"eth0", "eth1"}}};
  facts.running = {{"dhcpcd", 7, {"eth1"}}, {"dhcpcd", 8, {"eth0"}}, {"NetworkManager", 9, {}}};
  EXPECT_THAT(wrong(facts), testing::UnorderedElementsAre(HasSubstr("ifupdown looks after eth1"),
                                                          HasSubstr("process 7")));
  EXPECT_THAT(wrong(facts, State::Note), testing::ElementsAre(HasSubstr("interface-name:eth1")));
}

TEST(HostChecks, TheRulesKeepModemManagerOff) {
  HostFacts facts = good();
  facts.running = {{"ModemManager", 7, {}}};
  EXPECT_THAT(wrong(facts, State::Note), testing::IsEmpty()) << "there is no modem";
  facts.configuration->profiles.front().kind = LinkKind::Modem;
  facts.configuration->profiles.front().modem.simulated = true;
  EXPECT_THAT(wrong(facts, State::Note), testing::IsEmpty());
  facts.rules.clear();
  EXPECT_THAT(wrong(facts, State::Note),
              testing::Contains(HasSubstr("70-mwan.rules, which keeps")));
}

TEST(HostChecks, OnIpfireItsConventions) {
  HostFacts facts = good();
  facts.ipfire = true;
  facts.ipfire_files = {"/etc/rc.d/init.d/mwan"};
  EXPECT_THAT(wrong(facts),
              testing::ElementsAre(HasSubstr("red.up/01-mwan"), HasSubstr("red.down/01-mwan")));
  facts.configuration->profiles.front().netdev = "red0";
  facts.red_device = "red0";
  EXPECT_THAT(wrong(facts), testing::Contains(HasSubstr("red0: that is RED's")));
}

TEST(HostChecks, AWrongConfigurationIsSaidAndNotGuessedAt) {
  HostFacts facts = good();
  facts.configuration.reset();
  facts.errors = {{"/etc/mwan/settings", 3, "unknown key X"}};
  EXPECT_THAT(wrong(facts), testing::ElementsAre(HasSubstr("settings:3: unknown key X")));
}

}  // namespace
}  // namespace mwan::config_tool
