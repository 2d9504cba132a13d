// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink/tcp_nudge.hpp"

#include <gtest/gtest.h>

namespace mwan::netlink {
namespace {

TcpFlow flow(const char* host, const char* server) {
  return {.host = *IpAddress::parse(host),
          .host_port = 40000,
          .server = *IpAddress::parse(server),
          .server_port = 443};
}

// Over the pseudo header and the segment (RFC 9293 section 3.1): zero when its checksum is right.
std::uint16_t check(const TcpFlow& f, std::span<const std::uint8_t> tcp) {
  std::uint32_t sum = static_cast<std::uint32_t>(tcp.size()) + 6;
  for (const auto part : {f.host.bytes(), f.server.bytes(), tcp}) {
    for (std::size_t i = 0; i < part.size(); i += 2) {
      sum += static_cast<std::uint32_t>(part[i]) * 256 + part[i + 1];
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

TEST(TcpNudge, IsAnAcknowledgementInTheServersName) {
  const TcpFlow v4 = flow("192.168.1.9", "198.51.100.10");
  const auto out = nudge_packet(v4, 0x01020304, 0xfffefdfc);
  const std::vector<std::uint8_t> expected = {
      0x45, 0,    0,    40,   0,    0,    0, 0,   64,         6,          0, 0, 198, 51,
      100,  10,   192,  168,  1,    9,    1, 187, 0x9c,       0x40,       1, 2, 3,   4,
      0xff, 0xfe, 0xfd, 0xfc, 0x50, 0x10, 0, 1,   out.at(36), out.at(37), 0, 0};
  EXPECT_EQ(out, expected);
  EXPECT_EQ(check(v4, std::span(out).subspan(20)), 0);
}

TEST(TcpNudge, BothFamilies) {
  const TcpFlow v6 = flow("fd00:1::9", "2001:db8::10");
  const auto out = nudge_packet(v6, 7, 8);
  ASSERT_EQ(out.size(), 60U);
  EXPECT_EQ(out[0], 0x60);
  EXPECT_EQ(out[5], 20);
  EXPECT_EQ(out[6], 6);
  EXPECT_EQ(IpAddress::from_bytes(std::span(out).subspan(8, 16)), v6.server);
  EXPECT_EQ(IpAddress::from_bytes(std::span(out).subspan(24, 16)), v6.host);
  EXPECT_EQ(check(v6, std::span(out).subspan(40)), 0);
}

}  // namespace
}  // namespace mwan::netlink
