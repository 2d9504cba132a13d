// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/decode_settings.hpp"

#include <gtest/gtest.h>

#include "modems/qmi/test_bytes.hpp"

namespace mwan::qmi {
namespace {

IpAddress ip(const char* text) { return IpAddress::parse(text).value_or(IpAddress()); }
IpPrefix prefix(const char* text) { return IpPrefix::parse(text).value_or(IpPrefix()); }
Tlv v6(std::uint8_t type, const char* text, std::optional<std::uint8_t> length) {
  const IpAddress address = ip(text);
  Tlv out{type, Bytes(address.bytes().begin(), address.bytes().end())};
  if (length) out.value.push_back(*length);
  return out;
}

const Bytes kV4 = message({Writer().u32(0x0a400002).tlv(0x1e), Writer().u32(0x0a400001).tlv(0x20),
                           Writer().u32(0xfffffffc).tlv(0x21), Writer().u32(0x08080808).tlv(0x15),
                           Writer().u32(0x01010101).tlv(0x16), Writer().u32(1430).tlv(0x29)});

TEST(CurrentSettings, V4OnRawIpHasNoGateway) {
  const auto out = decode_current_settings(TlvView(kV4), LinkLayer::RawIp);
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, (IpConfig{.v4 = IpFamilyConfig{.address = prefix("10.64.0.2/30"),
                                                 .gateway = std::nullopt,
                                                 .dns = {ip("8.8.8.8"), ip("1.1.1.1")}},
                            .v6 = std::nullopt,
                            .mtu = 1430}));
}

TEST(CurrentSettings, V4OnEthernetHasOne) {
  const auto out = decode_current_settings(TlvView(kV4), LinkLayer::Ethernet);
  ASSERT_TRUE(out && out->v4);
  EXPECT_EQ(out->v4.value_or(IpFamilyConfig{}).gateway, ip("10.64.0.1"));
}

TEST(CurrentSettings, V6) {
  const Bytes bytes =
      message({v6(0x25, "2001:db8:1::2", 64), v6(0x26, "2001:db8:1::1", 64),
               v6(0x27, "2001:db8::53", {}), v6(0x28, "::", {}), Writer().u32(1500).tlv(0x29)});
  const auto out = decode_current_settings(TlvView(bytes), LinkLayer::RawIp);
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, (IpConfig{.v4 = std::nullopt,
                            .v6 = IpFamilyConfig{.address = prefix("2001:db8:1::2/64"),
                                                 .gateway = std::nullopt,
                                                 .dns = {ip("2001:db8::53")}},
                            .mtu = 1500}));
}

TEST(CurrentSettings, NoAddressIsNoConfig) {
  const Bytes zero = message({Writer().u32(0).tlv(0x1e), Writer().u32(1500).tlv(0x29)});
  const auto out = decode_current_settings(TlvView(zero), LinkLayer::RawIp);
  ASSERT_TRUE(out);
  EXPECT_FALSE(out->v4 || out->v6);
  EXPECT_TRUE(decode_current_settings(TlvView(Bytes{}), LinkLayer::RawIp));
}

TEST(CurrentSettings, OddMasksAndMtusAreNotBelieved) {
  const Bytes bytes = message({Writer().u32(0x0a400002).tlv(0x1e),
                               Writer().u32(0xff00ff00).tlv(0x21), Writer().u32(40).tlv(0x29)});
  const auto out = decode_current_settings(TlvView(bytes), LinkLayer::RawIp);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->v4.value_or(IpFamilyConfig{}).address, prefix("10.64.0.2/32"));
  EXPECT_FALSE(out->mtu);
}

TEST(CurrentSettings, MalformedIsAnError) {
  const Bytes short_v4 = message({{0x1e, {1, 2, 3}}});
  EXPECT_FALSE(decode_current_settings(TlvView(short_v4), LinkLayer::RawIp));
  const Bytes long_prefix = message({v6(0x25, "2001:db8:1::2", 129)});
  EXPECT_FALSE(decode_current_settings(TlvView(long_prefix), LinkLayer::RawIp));
  const Bytes short_v6 = message({{0x25, {0x20, 0x01}}});
  EXPECT_FALSE(decode_current_settings(TlvView(short_v6), LinkLayer::RawIp));
}

TEST(CurrentSettings, SurviveAnything) {
  survive(kV4, [](TlvView view) {
    static_cast<void>(decode_current_settings(view, LinkLayer::Ethernet));
  });
  survive(message({v6(0x25, "2001:db8:1::2", 64), v6(0x27, "2001:db8::53", {})}),
          [](TlvView view) { static_cast<void>(decode_current_settings(view, LinkLayer::RawIp)); });
}

}  // namespace
}  // namespace mwan::qmi
