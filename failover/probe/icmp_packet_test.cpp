// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/icmp_packet.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

constexpr Echo kEcho{.id = 0x1234, .sequence = 0xabcd, .token = 0x0102030405060708};

// The reply that a host makes of a request: another type, the rest as it was.
std::vector<std::uint8_t> reply(IpFamily family, const Echo& echo) {
  const EchoRequest request = encode_request(family, echo);
  std::vector<std::uint8_t> out(request.begin(), request.end());
  out[0] = family == IpFamily::V4 ? 0 : 129;
  if (family == IpFamily::V4) {  // RFC 1624: the sum grows by what the type lost
    const unsigned sum = (out[2] << 8U | out[3]) + 0x0800U;
    const unsigned folded = (sum & 0xffffU) + (sum >> 16U);
    out[2] = static_cast<std::uint8_t>(folded >> 8U);
    out[3] = static_cast<std::uint8_t>(folded);
  }
  return out;
}

TEST(IcmpPacket, ARequestAsBytes) {
  // Checksum by hand: 0800+1234+abcd+0102+0304+0506+0708 = d615, inverted 29ea.
  EXPECT_EQ(encode_request(IpFamily::V4, kEcho),
            (EchoRequest{8, 0, 0x29, 0xea, 0x12, 0x34, 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(encode_request(IpFamily::V6, kEcho),
            (EchoRequest{128, 0, 0, 0, 0x12, 0x34, 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(IcmpPacket, AReplyIsReadBack) {
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    EXPECT_EQ(parse_reply(family, reply(family, kEcho)), kEcho);
  }
}

TEST(IcmpPacket, ARequestIsNoReply) {
  EXPECT_FALSE(parse_reply(IpFamily::V4, encode_request(IpFamily::V4, kEcho)));
  EXPECT_FALSE(parse_reply(IpFamily::V6, encode_request(IpFamily::V6, kEcho)));
  EXPECT_FALSE(parse_reply(IpFamily::V6, reply(IpFamily::V4, kEcho)));
}

TEST(IcmpPacket, ADamagedReplyIsNone) {
  const auto good = reply(IpFamily::V4, kEcho);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(parse_reply(IpFamily::V4, bad)) << "byte " << i;
  }
}

TEST(IcmpPacket, AnyOtherLengthIsNone) {
  for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
    const auto good = reply(family, kEcho);
    for (std::size_t length = 0; length < good.size(); ++length) {
      EXPECT_FALSE(parse_reply(family, std::span(good).first(length))) << length;
    }
    auto longer = good;
    longer.push_back(0);
    EXPECT_FALSE(parse_reply(family, longer));
  }
}

std::vector<std::uint8_t> in_ipv4(std::size_t options, std::size_t payload) {
  std::vector<std::uint8_t> out(20 + options + payload);
  out[0] = static_cast<std::uint8_t>(0x40 | (20 + options) / 4);
  out[3] = static_cast<std::uint8_t>(out.size());
  out[9] = 1;
  return out;
}

std::size_t size_within(const std::vector<std::uint8_t>& packet) {
  return icmp_of_ipv4(packet).value_or(std::span<const std::uint8_t>()).size();
}

TEST(IcmpPacket, TheIpv4HeaderIsTakenOffWithItsOptions) {
  EXPECT_EQ(size_within(in_ipv4(0, 16)), 16U);
  EXPECT_EQ(size_within(in_ipv4(8, 16)), 16U);
  auto padded = in_ipv4(0, 16);
  padded.resize(60);  // what the link adds to fill its shortest frame
  EXPECT_EQ(size_within(padded), 16U);
}

TEST(IcmpPacket, OtherIpv4PacketsAreRefused) {
  const auto refused = [](std::size_t at, std::uint8_t value) {
    auto packet = in_ipv4(0, 16);
    packet[at] = value;
    return !icmp_of_ipv4(packet);
  };
  EXPECT_TRUE(refused(0, 0x65));   // version 6
  EXPECT_TRUE(refused(0, 0x44));   // a header of 16 bytes
  EXPECT_TRUE(refused(0, 0x4f));   // a header longer than the packet
  EXPECT_TRUE(refused(3, 37));     // longer than it is
  EXPECT_TRUE(refused(3, 19));     // shorter than its header
  EXPECT_TRUE(refused(9, 17));     // UDP
  EXPECT_TRUE(refused(6, 0x20));   // more fragments
  EXPECT_TRUE(refused(7, 1));      // a later fragment
  EXPECT_FALSE(refused(6, 0x40));  // "do not fragment" is no fragment
  EXPECT_FALSE(icmp_of_ipv4({}));
}

}  // namespace
}  // namespace mwan::failover
