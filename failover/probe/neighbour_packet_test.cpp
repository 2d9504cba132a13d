// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/neighbour_packet.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

constexpr HardwareAddress kOwn = {2, 0, 0, 0, 0, 0x17};

IpAddress address(const char* text) { return IpAddress::parse(text).value_or(IpAddress()); }

std::vector<std::uint8_t> reply_to(const ArpRequest& request) {
  std::vector<std::uint8_t> out(request.begin(), request.end());
  out[7] = 2;
  std::swap_ranges(out.begin() + 14, out.begin() + 18, out.begin() + 24);
  return out;
}

TEST(Arp, ARequestAsBytes) {
  EXPECT_EQ(encode_arp_request(kOwn, address("192.0.2.7"), address("192.0.2.1")),
            (ArpRequest{0,   1, 8, 0, 6, 4, 0, 1, 2, 0, 0,   0, 0, 0x17,
                        192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1}));
}

TEST(Arp, AReplyNamesItsSender) {
  const auto request = encode_arp_request(kOwn, address("192.0.2.7"), address("192.0.2.1"));
  auto reply = reply_to(request);
  EXPECT_EQ(parse_arp_reply(reply), address("192.0.2.1"));
  reply.resize(46);  // as short frames are filled up
  EXPECT_EQ(parse_arp_reply(reply), address("192.0.2.1"));
  EXPECT_FALSE(parse_arp_reply(request));
  for (std::size_t length = 0; length < 28; ++length) {
    EXPECT_FALSE(parse_arp_reply(std::span(reply).first(length))) << length;
  }
  for (const std::size_t at : {1U, 2U, 4U, 5U, 7U}) {
    auto bad = reply;
    bad[at] ^= 0x10;
    EXPECT_FALSE(parse_arp_reply(bad)) << at;
  }
}

TEST(NeighbourDiscovery, ASolicitationAsBytes) {
  const auto bytes = encode_solicitation(kOwn, address("fe80::1"));
  EXPECT_EQ(bytes[0], 135);
  EXPECT_EQ(bytes[8], 0xfe);
  EXPECT_EQ(bytes[23], 1);
  EXPECT_EQ(bytes[24], 1);
  EXPECT_EQ(bytes[31], 0x17);
  EXPECT_EQ(solicited_node(address("2001:db8::1:2345:6789")), address("ff02::1:ff45:6789"));
}

TEST(NeighbourDiscovery, AnAdvertisementNamesItsTarget) {
  const auto request = encode_solicitation(kOwn, address("fe80::1"));
  std::vector<std::uint8_t> answer(request.begin(), request.end());
  EXPECT_FALSE(parse_advertisement(answer));
  answer[0] = 136;
  EXPECT_EQ(parse_advertisement(answer), address("fe80::1"));
  EXPECT_FALSE(parse_advertisement(std::span(answer).first(23)));
  answer[1] = 1;
  EXPECT_FALSE(parse_advertisement(answer));
}

}  // namespace
}  // namespace mwan::failover
