// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/net/packet.hpp"

#include <gtest/gtest.h>

#include "tools/mwan-sim/codec/bytes.hpp"
#include "tools/mwan-sim/must.hpp"

namespace mwan::sim {
namespace {

TEST(ReadHead, ReadsIpv4Addresses) {
  Bytes packet(20);
  packet[0] = 0x45;
  packet[12] = 10;
  packet[15] = 2;
  packet[16] = 192;
  packet[19] = 1;
  const auto head = must(read_head(packet));
  EXPECT_EQ(head.source.text(), "10.0.0.2");
  EXPECT_EQ(head.destination.text(), "192.0.0.1");
  EXPECT_EQ(head.family, IpFamily::V4);
}

TEST(ReadHead, ReadsIpv6Addresses) {
  Bytes packet(40);
  packet[0] = 0x60;
  packet[8] = 0x20;
  packet[9] = 0x01;
  packet[23] = 0x02;
  packet[39] = 0x01;
  const auto head = must(read_head(packet));
  EXPECT_EQ(head.source.text(), "2001::2");
  EXPECT_EQ(head.destination.text(), "::1");
  EXPECT_EQ(head.family, IpFamily::V6);
}

TEST(ReadHead, RefusesWhatIsNoWholeHeader) {
  EXPECT_FALSE(read_head({}));
  EXPECT_FALSE(read_head(Bytes{0x45, 0, 0, 0}));
  Bytes short_v6(39);
  short_v6[0] = 0x60;
  EXPECT_FALSE(read_head(short_v6));
  EXPECT_FALSE(read_head(Bytes(64)));
}

}  // namespace
}  // namespace mwan::sim
