// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/probe_target.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;

ProbeTarget parsed(std::string_view text) {
  const auto target = parse_probe_target(text);
  EXPECT_TRUE(target) << text << ": " << target.error();
  return target.value_or(ProbeTarget());
}
std::string refused(std::string_view text) {
  const auto target = parse_probe_target(text);
  EXPECT_FALSE(target) << text << " became " << target->text();
  return target ? "" : target.error();
}

TEST(ProbeTarget, AnAddressAloneIsAnEchoRequest) {
  for (const char* text : {"1.1.1.1", "icmp:1.1.1.1"}) {
    EXPECT_EQ(parsed(text), echo_target(*IpAddress::parse("1.1.1.1"))) << text;
  }
  EXPECT_EQ(parsed("2001:db8::1").kind, ProbeKind::Icmp);
  EXPECT_EQ(parsed("icmp:2001:db8::1"), parsed("2001:db8::1"));
}

TEST(ProbeTarget, TcpNamesAnAddressAndAPort) {
  const auto v4 = parsed("tcp:9.9.9.9:443");
  EXPECT_EQ(v4.kind, ProbeKind::Tcp);
  EXPECT_EQ(v4.address, IpAddress::parse("9.9.9.9"));
  EXPECT_EQ(v4.port, 443);
  EXPECT_EQ(parsed("tcp:9.9.9.9#443"), v4);
  EXPECT_EQ(parsed("tcp:2001:db8::1#53").address, IpAddress::parse("2001:db8::1"));
  for (const char* bad :
       {"tcp:9.9.9.9", "tcp:9.9.9.9:0", "tcp:9.9.9.9:65536", "tcp:9.9.9.9:x", "tcp::80",
        "tcp:2001:db8::1:443", "tcp:example.org:80", "tcp:0.0.0.0:80", "tcp:"}) {
    EXPECT_THAT(refused(bad), HasSubstr("tcp:ADDRESS:PORT")) << bad;
  }
}

TEST(ProbeTarget, DnsNamesAQuestionAndPerhapsAServer) {
  const auto own = parsed("dns:example.org");
  EXPECT_EQ(own.kind, ProbeKind::Dns);
  EXPECT_EQ(own.host, "example.org");
  EXPECT_FALSE(own.address);
  const auto other = parsed("dns:example.org@9.9.9.9");
  EXPECT_EQ(other.address, IpAddress::parse("9.9.9.9"));
  EXPECT_EQ(other.port, 53);
  EXPECT_EQ(parsed("dns:a@2001:db8::1#5353").port, 5353);
  for (const char* bad : {"dns:", "dns:-x.org", "dns:x..org", "dns:x.org@", "dns:x.org@server",
                          "dns:x.org@9.9.9.9#0", "dns:x.org@9.9.9.9:53"}) {
    EXPECT_THAT(refused(bad), HasSubstr("dns:")) << bad;
  }
}

TEST(ProbeTarget, HttpHasAnExpectation) {
  const auto plain = parsed("http://example.org/generate_204");
  EXPECT_EQ(plain.kind, ProbeKind::Http);
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.host, "example.org");
  EXPECT_EQ(plain.port, 80);
  EXPECT_EQ(plain.path, "/generate_204");
  EXPECT_EQ(plain.status, 204);
  EXPECT_FALSE(plain.address);
  const auto secure = parsed("https://192.0.2.1:8443/x#200=success");
  EXPECT_TRUE(secure.tls);
  EXPECT_EQ(secure.port, 8443);
  EXPECT_EQ(secure.status, 200);
  EXPECT_EQ(secure.body, "success");
  EXPECT_EQ(secure.address, IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(parsed("http://example.org").path, "/");
  EXPECT_EQ(parsed("https://example.org").port, 443);
  for (const char* bad : {"http://", "http:///x", "http://a b/", "http://h:/", "http://h:99999/",
                          "http://h/#", "http://h/#99", "http://h/#204=text",
                          "http://h/#200=", "http://user@h/", "https://224.0.0.1/", "http://-h/"}) {
    EXPECT_THAT(refused(bad), HasSubstr("://HOST[:PORT]/PATH[#STATUS[=WORD]]")) << bad;
  }
}

TEST(ProbeTarget, AnythingElseIsToldWhatThereIs) {
  for (const char* bad :
       {"", "udp:1.1.1.1:53", "example.org", "gateways", "ftp://x/", "300.1.1.1"}) {
    EXPECT_THAT(refused(bad), HasSubstr("is no target")) << bad;
  }
  EXPECT_THAT(refused("224.0.0.1"), HasSubstr("not the IP address of a host"));
  EXPECT_LT(refused(std::string(5000, 'x')).size(), 400U);
}

TEST(ProbeTarget, WhatIsWrittenIsReadBack) {
  for (const char* text :
       {"1.1.1.1", "2001:db8::1", "tcp:9.9.9.9:443", "tcp:2001:db8::1#53", "dns:example.org",
        "dns:example.org@9.9.9.9#53", "http://example.org/#204", "gateway",
        "https://example.org:8443/a/b#200=word"}) {
    EXPECT_EQ(parsed(text).text(), text);
  }
}

TEST(ProbeTarget, AListHasEachOnce) {
  const auto two = parse_probe_targets("1.1.1.1,dns:example.org", 8);
  ASSERT_TRUE(two) << two.error();
  EXPECT_EQ(two->size(), 2U);
  EXPECT_THAT(parse_probe_targets("1.1.1.1,icmp:1.1.1.1", 8).error(), HasSubstr("twice"));
  EXPECT_THAT(parse_probe_targets("1.1.1.1,1.1.1.2", 1).error(), HasSubstr("more than 1"));
  EXPECT_FALSE(parse_probe_targets("1.1.1.1,", 8));
}

}  // namespace
}  // namespace mwan::failover
