// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/interference_actor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mwan::failover::ipfire {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr pid_t kOurselves = 500;

ProcessView process(pid_t pid, Words argv, bool terminal = false) {
  return {.pid = pid, .argv = std::move(argv), .terminal = terminal};
}
Doer doer(const Ancestry& ancestry) { return doer_of(ancestry, kOurselves, "red0"); }

const Words kStopRed{"/bin/sh", "/etc/rc.d/init.d/network", "stop", "red"};

TEST(InterferenceActor, ScriptsAreKnownByTheirPathsAndArguments) {
  EXPECT_EQ(act_of(kStopRed), Act::StopRed);
  EXPECT_EQ(act_of({"/bin/bash", "/etc/init.d/networking/red", "start"}), Act::StartRed);
  EXPECT_EQ(act_of({"/etc/rc.d/init.d/network", "restart"}), Act::RestartRed);
  EXPECT_EQ(act_of({"/bin/sh", "-e", "/etc/rc.d/init.d/connectd", "reconnect"}), Act::Connect);
  EXPECT_EQ(act_of({"/usr/local/bin/redctrl", "stop"}), Act::StopRed);
  EXPECT_EQ(act_of({"/sbin/dhcpcd", "-k", "red0"}), Act::Lease);
  EXPECT_EQ(act_of({"dhcpcd: red0 [ip4]"}), Act::Lease);
  EXPECT_EQ(act_of({"/bin/sh", "/etc/ppp/ip-down", "ppp0"}), Act::Dial);
  EXPECT_EQ(act_of({"/bin/sh", "/etc/rc.d/init.d/firewall", "up"}), Act::Firewall);
  EXPECT_EQ(act_of({"iptables", "--wait", "-t", "nat", "-F", "REDNAT"}), Act::Firewall);
  EXPECT_EQ(act_of({"/sbin/ip", "-4", "ro", "replace", "default", "dev", "x"}), Act::Route);
  EXPECT_EQ(act_of({"route", "del", "default"}), Act::Route);
}

TEST(InterferenceActor, WhatOnlyLooksIsNoAct) {
  EXPECT_EQ(act_of({}), Act::None);
  EXPECT_EQ(act_of({"/bin/bash"}), Act::None);
  EXPECT_EQ(act_of({"/bin/bash", "-c", "/etc/rc.d/init.d/network stop red"}), Act::None);
  EXPECT_EQ(act_of({"/etc/rc.d/init.d/network", "stop", "green"}), Act::None);
  EXPECT_EQ(act_of({"/etc/rc.d/init.d/network", "status"}), Act::None);
  EXPECT_EQ(act_of({"iptables", "-t", "nat", "-L", "-n"}), Act::None);
  EXPECT_EQ(act_of({"/usr/sbin/iptables-legacy-save", "-t", "nat"}), Act::None);
  EXPECT_EQ(act_of({"ip", "route", "show"}), Act::None);
  EXPECT_EQ(act_of({"ip", ""}), Act::None);
  EXPECT_EQ(act_of({"vi", "/etc/rc.d/init.d/networking/red"}), Act::None);
}

TEST(InterferenceActor, APersonAtATerminalIsKnownAcrossTheScripts) {
  const auto by =
      doer({process(9, kStopRed), process(8, {"-bash"}, true), process(7, {"sshd: root@pts/0"})});
  EXPECT_EQ(by.who, Who::Person);
  EXPECT_TRUE(deliberate(by));
  EXPECT_THAT(by.words, HasSubstr("network stop red (process 9) by a person"));
  EXPECT_TRUE(deliberate(doer({process(9, kStopRed), process(7, {"sshd: root@notty"})})));
}

TEST(InterferenceActor, TheWebUiSetupAndInitAreSomebodysWill) {
  EXPECT_TRUE(
      deliberate(doer({process(9, kStopRed), process(8, {"/usr/local/bin/redctrl", "stop"})})));
  EXPECT_TRUE(deliberate(doer(
      {process(9, kStopRed), process(8, {"/usr/bin/perl", "/srv/web/ipfire/cgi-bin/index.cgi"})})));
  EXPECT_TRUE(deliberate(doer({process(9, kStopRed), process(8, {"/usr/sbin/setup"})})));
  const auto shutdown =
      doer({process(9, kStopRed), process(8, {"/bin/bash", "/etc/rc.d/init.d/rc", "0"})});
  EXPECT_EQ(shutdown.who, Who::Boot);
  EXPECT_TRUE(deliberate(shutdown));
}

TEST(InterferenceActor, MachineryIsNobodysWill) {
  for (const auto& above : {Words{"/bin/bash", "/etc/rc.d/init.d/connectd", "start"},
                            Words{"/usr/bin/perl", "/usr/local/bin/connscheduler"},
                            Words{"/sbin/dhcpcd", "red0"}, Words{"/usr/sbin/fcron"}}) {
    EXPECT_FALSE(deliberate(doer({process(9, kStopRed), process(8, above)}))) << above.back();
  }
}

TEST(InterferenceActor, APersonsRulesAndRoutesAreNoWishToDisconnect) {
  const auto by = doer({process(9, {"iptables", "-t", "nat", "-F"}), process(8, {"-bash"}, true)});
  EXPECT_EQ(by.who, Who::Person);
  EXPECT_FALSE(deliberate(by));
}

TEST(InterferenceActor, WhatAScriptRunsBelongsToTheScript) {
  const auto by =
      doer({process(12, {"rm", "-f", "/var/ipfire/red/active"}), process(9, kStopRed),
            process(8, {"/usr/local/bin/redctrl", "stop"}), process(7, {"/usr/sbin/httpd"})});
  EXPECT_EQ(by.act, Act::None);
  EXPECT_EQ(by.within, Act::StopRed);
  EXPECT_EQ(by.culprit, 8);
  EXPECT_TRUE(deliberate(by));
  EXPECT_THAT(by.words, HasSubstr("rm (process 12) in network stop red (process 9)"));
}

TEST(InterferenceActor, WhatWeStartedIsOurs) {
  EXPECT_EQ(doer({process(9, kStopRed), process(kOurselves, {"mwan"}, true)}).who, Who::Ourselves);
}

TEST(InterferenceActor, ADhcpcdOfAnotherNetworkIsNotMeant) {
  const Words hooks{"/bin/sh", "/usr/lib/dhcpcd/dhcpcd-run-hooks"};
  EXPECT_EQ(doer({process(9, {"dhcpcd", "blue0"})}).act, Act::None);
  EXPECT_EQ(doer({process(9, {"dhcpcd", "red01"})}).act, Act::None);
  EXPECT_EQ(doer({process(9, hooks), process(8, {"dhcpcd: red0 [ip4]"})}).act, Act::Lease);
  EXPECT_EQ(doer({process(9, hooks), process(8, {"dhcpcd: blue0 [ip4]"})}).within, Act::None);
}

TEST(InterferenceActor, NamesOfProcessesAreShownWithoutTheirTricks) {
  const auto by = doer({process(9, {"/tmp/\x1b[2Jred\n2026 all is well"})});
  EXPECT_EQ(by.words.find('\x1b'), std::string::npos);
  EXPECT_EQ(by.words.find('\n'), std::string::npos);
  const auto long_one = doer({process(9, {std::string(100000, 'a')})});
  EXPECT_LT(long_one.words.size(), 200U);
  // Passwords stand in arguments.
  const auto secret = doer({process(9, {"/usr/bin/curl", "-u", "me:geheim"})});
  EXPECT_EQ(secret.words.find("geheim"), std::string::npos);
}

TEST(InterferenceActor, ArgumentsOfAnyShapeAreNoTrouble) {
  for (const auto& argv : {Words{""}, Words{"/"}, Words{"sh"}, Words{"sh", "-x"}, Words{"-"},
                           Words{"network"}, Words{"ip"}, Words{"ip", "-4"}, Words{"ip", "route"},
                           Words{"env", "bash", "-x"}, Words{"firewall"}}) {
    EXPECT_FALSE(deliberate(doer({process(9, argv)})));
  }
}

}  // namespace
}  // namespace mwan::failover::ipfire
