// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/pppoe/pppd.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

PppdOptions dsl() {
  return {.netdev = "eth1",
          .linkname = "mwan-dsl",
          .username = "user@provider.example",
          .password = Secret("secret"),
          .socket = "/etc/ppp/mwan.sock"};
}

TEST(PppdOptions, NothingButTheSessionIsTouched) {
  const auto text = pppd_options(dsl());
  ASSERT_TRUE(text);
  for (const char* line :
       {"plugin pppoe.so\n", "\nnodetach\n", "\nnodefaultroute\n", "\nnoipdefault\n", "\nnoauth\n",
        "\nusepeerdns\n", "\nhide-password\n", "\nmtu 1492\nmru 1492\n", "\nlinkname mwan-dsl\n",
        "\nuser \"user@provider.example\"\n", "\npassword \"secret\"\n",
        "\nset MWAN_SOCKET=/etc/ppp/mwan.sock\n"}) {
    EXPECT_THAT(*text, HasSubstr(line));
  }
  EXPECT_THAT(*text, EndsWith("\nnic-eth1\n"));
  EXPECT_THAT(*text, Not(HasSubstr("pppoe-service")));
}

TEST(PppdOptions, IPv6IsNegotiatedWhenItIsWanted) {
  PppdOptions options = dsl();
  EXPECT_THAT(*pppd_options(options), HasSubstr("\nnoipv6\n"));
  options.ipv6 = true;
  EXPECT_THAT(*pppd_options(options), HasSubstr("\n+ipv6\n"));
  EXPECT_THAT(*pppd_options(options), Not(HasSubstr("noipv6")));
}

TEST(PppdOptions, ValuesCannotBecomeOptions) {
  PppdOptions options = dsl();
  options.password = Secret("a\"b\\c d #e");
  options.service_name = "my service";
  options.ac_name = "ac";
  const auto text = pppd_options(options);
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("\npassword \"a\\\"b\\\\c d #e\"\n"));
  EXPECT_THAT(*text, HasSubstr("\npppoe-service \"my service\"\npppoe-ac \"ac\"\n"));
  options.username = "x\ndefaultroute";
  const auto refused = pppd_options(options);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), Not(HasSubstr("defaultroute")));
}

ScriptReport ip_up() {
  return {.name = "ip-up",
          .arguments = {"ppp0", "eth1", "0", "10.67.15.2", "10.0.0.1", ""},
          .environment = {{"DNS1", "192.0.2.53"}, {"DNS2", "192.0.2.53"}, {"USEPEERDNS", "1"}}};
}

TEST(PppSession, IsReadFromIpUp) {
  const auto session = read_ip_up(ip_up());
  ASSERT_TRUE(session) << session.error().text();
  EXPECT_EQ(session->netdev, "ppp0");
  EXPECT_EQ(session->config.address.text(), "10.67.15.2/32");
  EXPECT_FALSE(session->config.gateway);
  EXPECT_THAT(session->config.dns, ElementsAre(*IpAddress::parse("192.0.2.53")));
}

TEST(PppSession, AnythingElseIsRefused) {
  ScriptReport report = ip_up();
  report.arguments.resize(4);
  EXPECT_FALSE(read_ip_up(report));
  for (const char* name : {"", "a b", "../x", "sixteen-letters-"}) {
    report = ip_up();
    report.arguments[0] = name;
    EXPECT_FALSE(read_ip_up(report)) << name;
  }
  for (const char* address : {"", "0.0.0.0", "fe80::1", "x"}) {
    report = ip_up();
    report.arguments[3] = address;
    EXPECT_FALSE(read_ip_up(report)) << address;
  }
}

TEST(PppdEnded, ADeadPeerIsInTheOutput) {
  EXPECT_TRUE(says_peer_is_dead("No response to 3 echo-requests"));
  EXPECT_FALSE(says_peer_is_dead("Modem hangup"));
}

TEST(PppdEnded, SaysWhatToDo) {
  const auto words = [](int code) { return pppd_ended({.exit_code = code}, "dsl", "eth1").text(); };
  EXPECT_THAT(words(19),
              HasSubstr("dsl: PPPoE on eth1: the provider refused USERNAME or PASSWORD"));
  EXPECT_THAT(words(8), HasSubstr("no access concentrator answered"));
  EXPECT_THAT(words(15), HasSubstr("LCP echo"));
  EXPECT_THAT(words(16), HasSubstr("hung up"));
  EXPECT_THAT(words(99), HasSubstr("pppd ended (exit code 99)"));
  EXPECT_THAT(pppd_ended({.signal = 9}, "dsl", "eth1").text(), HasSubstr("killed by signal 9"));
  EXPECT_EQ(pppd_ended({.exit_code = 19}, "", "").failure, FailureClass::Throttled);
  EXPECT_EQ(pppd_ended({.exit_code = 4}, "", "").failure, FailureClass::Permanent);
  EXPECT_EQ(pppd_ended({.exit_code = 16}, "", "").failure, FailureClass::Transient);
}

}  // namespace
}  // namespace mwan
