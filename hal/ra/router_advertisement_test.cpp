// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hal/ra/router_advertisement.hpp"

#include <gmock/gmock.h>

namespace mwan {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RaOrigin router(int hop_limit = 255) {
  return {.from = *IpAddress::parse("fe80::1"), .hop_limit = hop_limit};
}
Bytes header(std::uint8_t flags = 0, std::uint16_t lifetime = 1800) {
  return {134,
          0,
          0,
          0,
          64,
          flags,
          static_cast<std::uint8_t>(lifetime >> 8U),
          static_cast<std::uint8_t>(lifetime),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0};
}
void u32(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}
Bytes prefix(const char* text, std::uint8_t flags, std::uint32_t valid, std::uint32_t preferred) {
  const IpPrefix network = *IpPrefix::parse(text);
  Bytes out = {3, 4, network.length, flags};
  u32(out, valid);
  u32(out, preferred);
  u32(out, 0);
  const auto bytes = network.address.bytes();
  out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}
Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(RouterAdvertisement, IsReadWithItsOptions) {
  Bytes servers = {25, 5, 0, 0};
  u32(servers, 600);
  for (const char* text : {"2001:db8::53", "fe80::53"}) {
    const IpAddress server = *IpAddress::parse(text);
    const auto bytes = server.bytes();
    servers.insert(servers.end(), bytes.begin(), bytes.end());
  }
  const Bytes unknown = {99, 1, 1, 2, 3, 4, 5, 6};
  const Bytes mtu = {5, 1, 0, 0, 0, 0, 0x05, 0xd4};
  const auto read = parse_router_advertisement(
      router(), header(0x80 | 0x08) + unknown +
                    prefix("2001:db8:1:2:3::/64", 0xc0, 0xffffffff, 3600) + mtu + servers);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(read->managed);
  EXPECT_EQ(read->lifetime_s, 1800);
  EXPECT_EQ(read->preference, RouterPreference::High);
  EXPECT_EQ(read->mtu, 1492U);
  EXPECT_THAT(read->prefixes, ::testing::ElementsAre(
                                  AdvertisedPrefix{.prefix = *IpPrefix::parse("2001:db8:1:2::/64"),
                                                   .on_link = true,
                                                   .autonomous = true,
                                                   .valid_s = kRaForEver,
                                                   .preferred_s = 3600}));
  ASSERT_EQ(read->servers.size(), 2U);
  EXPECT_EQ(read->servers[0], (AdvertisedServer{*IpAddress::parse("2001:db8::53"), 600}));
}

TEST(RouterAdvertisement, WhatMayNotBeFromThisLinkIsRefusedWithTheReason) {
  const auto far = parse_router_advertisement(router(254), header());
  ASSERT_FALSE(far);
  EXPECT_THAT(far.error().text(), HasSubstr("fe80::1: its hop limit is 254"));
  EXPECT_FALSE(parse_router_advertisement(
      {.from = *IpAddress::parse("2001:db8::1"), .hop_limit = 255}, header()));
  EXPECT_FALSE(parse_router_advertisement(
      {.from = *IpAddress::parse("169.254.0.1"), .hop_limit = 255}, header()));
}

TEST(RouterAdvertisement, WhatIsCutOrWrongIsRefused) {
  const Bytes whole = header() + prefix("2001:db8::/64", 0xc0, 60, 60);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    cut.shrink_to_fit();
    EXPECT_EQ(parse_router_advertisement(router(), cut).has_value(), size == 16) << size;
  }
  EXPECT_FALSE(parse_router_advertisement(router(), header() + Bytes{3, 0, 0, 0, 0, 0, 0, 0}));
  Bytes other_code = header();
  other_code[1] = 1;
  EXPECT_FALSE(parse_router_advertisement(router(), other_code));
}

TEST(RouterAdvertisement, PrefixesThatNoHostMayUseAreLeftOut) {
  const auto read = parse_router_advertisement(
      router(), header() + prefix("fe80::/64", 0xc0, 60, 60) + prefix("ff02::/64", 0xc0, 60, 60) +
                    prefix("2001:db8::/64", 0xc0, 60, 61) + prefix("::/0", 0xc0, 60, 60));
  ASSERT_TRUE(read);
  EXPECT_THAT(read->prefixes, IsEmpty());
}

TEST(RouterAdvertisement, AFloodOfPrefixesIsBounded) {
  Bytes message = header();
  for (int i = 0; i < 40; ++i) message = message + prefix("2001:db8::/64", 0xc0, 60, 60);
  const auto read = parse_router_advertisement(router(), message);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->prefixes.size(), 16U);
}

}  // namespace
}  // namespace mwan
