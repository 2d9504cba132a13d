// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/mbim/decode_connection.hpp"

#include <gtest/gtest.h>

#include "modems/mbim/test_bytes.hpp"

namespace mwan::mbim {
namespace {

Bytes connect(std::uint32_t state, std::uint32_t type, std::uint32_t nw_error) {
  return Writer().u32(0).u32(state).u32(0).u32(type).uuid(kInternet).u32(nw_error).done();
}

TEST(Connect, SaysWhatItCarries) {
  const auto carries = [](std::uint32_t state, std::uint32_t type) {
    const Connection c = *decode_connect(connect(state, type, 0));
    return std::pair(c.carries(IpFamily::V4), c.carries(IpFamily::V6));
  };
  EXPECT_EQ(carries(1, 1), std::pair(true, false));
  EXPECT_EQ(carries(1, 2), std::pair(false, true));
  EXPECT_EQ(carries(1, 3), std::pair(true, true));
  EXPECT_EQ(carries(1, 0), std::pair(true, true));  // does not say
  EXPECT_EQ(carries(3, 3), std::pair(false, false));
  EXPECT_EQ(carries(2, 3), std::pair(false, false));
}

TEST(Connect, WhatComesBehindIsOfNoMatter) {
  Bytes v3 = connect(1, 3, 50);
  v3.resize(v3.size() + 24);
  EXPECT_EQ(*decode_connect(v3), *decode_connect(connect(1, 3, 50)));
  EXPECT_EQ(decode_connect(v3)->nw_error, 50U);
  survive(connect(1, 3, 50), [](ByteView bytes) { (void)decode_connect(bytes); });
}

TEST(NwError, IsA3gppCause) {
  EXPECT_EQ(explain_nw_error(33).failure, FailureClass::Permanent);
  EXPECT_EQ(explain_nw_error(33).text,
            "3GPP cause 33 (requested service option not subscribed): check the APN");
  EXPECT_EQ(explain_nw_error(26).failure, FailureClass::Throttled);
  EXPECT_EQ(explain_nw_error(0x10021).text, "3GPP cause 33");  // not cause 33: out of range
  EXPECT_EQ(explain_nw_error(0).failure, FailureClass::Transient);
}

struct Ip {
  std::uint32_t v4_flags = 0xf;
  std::uint32_t v6_flags = 0xf;
  std::uint32_t v4_length = 30;
  std::uint32_t v6_length = 128;
  std::string v6 = "2001:db8:64::2";
  std::string v4 = "10.64.0.2";
};
Bytes ip_configuration(const Ip& ip) {
  const auto bytes = [](const std::string& text) {
    const IpAddress address = IpAddress::parse(text).value();
    const auto view = address.bytes();
    return Bytes(view.begin(), view.end());
  };
  constexpr std::uint32_t kData = 60;
  Writer out;
  out.u32(0).u32(ip.v4_flags).u32(ip.v6_flags);
  out.u32(1).u32(kData).u32(1).u32(kData + 8);
  out.u32(kData + 4).u32(0);
  out.u32(2).u32(kData + 28).u32(1).u32(kData + 36);
  out.u32(1428).u32(1400);
  out.u32(ip.v4_length).bytes(bytes(ip.v4));
  out.u32(ip.v6_length).bytes(bytes(ip.v6));
  out.bytes(bytes("10.0.0.53")).bytes(bytes("0.0.0.0"));
  out.bytes(bytes("2001:db8::53"));
  return out.done();
}

TEST(IpConfiguration, OfBothFamilies) {
  const auto out = decode_ip_configuration(ip_configuration({}));
  ASSERT_TRUE(out) << out.error().text();
  const auto v4 = out->of(IpFamily::V4);
  const auto v6 = out->of(IpFamily::V6);
  ASSERT_TRUE(v4 && v6);
  EXPECT_EQ(v4->v4->address, *IpPrefix::parse("10.64.0.2/30"));
  EXPECT_EQ(v4->v4->gateway, std::nullopt);
  EXPECT_EQ(v4->v4->dns, std::vector{*IpAddress::parse("10.0.0.53")});
  EXPECT_EQ(v4->mtu, 1428U);
  EXPECT_FALSE(v4->v6);
  EXPECT_EQ(v6->v6->address, *IpPrefix::parse("2001:db8:64::2/64"));  // of a whole /64
  EXPECT_EQ(v6->v6->dns, std::vector{*IpAddress::parse("2001:db8::53")});
  EXPECT_EQ(v6->mtu, 1400U);
  EXPECT_FALSE(v6->v4);
}

TEST(IpConfiguration, FlagsSayWhatIsValid) {
  const auto none = decode_ip_configuration(ip_configuration({.v4_flags = 0xe, .v6_flags = 0}));
  EXPECT_FALSE(none->of(IpFamily::V4));
  EXPECT_FALSE(none->of(IpFamily::V6));
  const auto bare = decode_ip_configuration(ip_configuration({.v4_flags = 0x1}));
  EXPECT_TRUE(bare->of(IpFamily::V4)->v4->dns.empty());
  EXPECT_EQ(bare->of(IpFamily::V4)->mtu, std::nullopt);
}

TEST(IpConfiguration, WhatIsNoAddress) {
  EXPECT_FALSE(decode_ip_configuration(ip_configuration({.v4 = "0.0.0.0"}))->of(IpFamily::V4));
  EXPECT_FALSE(decode_ip_configuration(ip_configuration({.v6 = "fe80::1"}))->of(IpFamily::V6));
  EXPECT_FALSE(decode_ip_configuration(ip_configuration({.v4_length = 33})));
  EXPECT_FALSE(decode_ip_configuration(ip_configuration({.v6_length = 129})));
  EXPECT_EQ(decode_ip_configuration(ip_configuration({.v4_length = 0}))->v4->address.length, 32);
  EXPECT_EQ(decode_ip_configuration(ip_configuration({.v6_length = 56}))->v6->address.length, 56);
}

TEST(IpConfiguration, SurvivesAnything) {
  survive(ip_configuration({}), [](ByteView bytes) { (void)decode_ip_configuration(bytes); });
}

TEST(PacketStatistics, AreTheModems) {
  const auto out = decode_packet_statistics(words({1, 2, 100, 1, 3, 0, 200, 0, 4, 0, 0, 0}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->rx_bytes, 0x100000064U);
  EXPECT_EQ(out->rx_packets, 3U);
  EXPECT_EQ(out->tx_bytes, 200U);
  EXPECT_EQ(out->tx_packets, 4U);
  EXPECT_FALSE(decode_packet_statistics(words({1, 2, 3})));
}

}  // namespace
}  // namespace mwan::mbim
